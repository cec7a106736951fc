// Padmé. Spec: docs/formats.md "Bag". The same as src/bag/padme.cc.

/** `size` rounded up so that it tells little of itself, `floor` at least. Up to 2^52 bytes. */
export function padme(size: number, floor: number): number {
  if (size < 2) return Math.max(size, floor);
  const exponent = size.toString(2).length - 1;
  const keptBits = exponent.toString(2).length;
  const step = 2 ** (exponent - keptBits);
  return Math.max(Math.ceil(size / step) * step, floor);
}
