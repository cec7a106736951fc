// Tar archives of one profile. Spec: docs/formats.md "Tar", whose bytes are normative. The same as src/bag/tar.cc.
import { type Bytes, joined, utf8 } from "./bytes.ts";

const BLOCK = 512;
const OCTAL_MAX = 2 ** 33 - 1; // eleven octal digits
const PIECE = 1024 * 1024; // of zeros

function zerosAfter(offset: number): number {
  return (BLOCK - (offset % BLOCK)) % BLOCK;
}

/** The value in octal with leading zeros; the NUL behind it is there already. */
function putOctal(block: Bytes, offset: number, size: number, value: number): void {
  block.set(utf8(value.toString(8).padStart(size - 1, "0")), offset);
}

function putBase256(block: Bytes, offset: number, size: number, value: number): void {
  block[offset] = 0x80;
  let rest = BigInt(value);
  for (let at = offset + size - 1; at > offset; at--, rest >>= 8n) block[at] = Number(rest & 255n);
}

function header(shortName: Bytes, size: number, modifiedS: number, type: string): Bytes {
  const block = new Uint8Array(BLOCK);
  block.set(shortName, 0);
  putOctal(block, 100, 8, 0o644);
  putOctal(block, 108, 8, 0);
  putOctal(block, 116, 8, 0);
  if (size > OCTAL_MAX) putBase256(block, 124, 12, size);
  else putOctal(block, 124, 12, size);
  putOctal(block, 136, 12, modifiedS);
  block.set(utf8(type), 156);
  block.set(utf8("ustar\0" + "00"), 257);
  putOctal(block, 329, 8, 0);
  putOctal(block, 337, 8, 0);
  // The eight bytes of the checksum count as spaces.
  const sum = block.reduce((all, byte) => all + byte, 8 * 0x20);
  putOctal(block, 148, 7, sum);
  block[155] = 0x20;
  return block;
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

/** What a reader without pax calls the file. Never ends in a slash, which would make it a folder. */
function shortNameOf(name: Bytes): Bytes {
  const short = name.slice(0, 100).map((byte) => (isPrintable(byte) ? byte : 0x5f));
  if (short[short.length - 1] === 0x2f) short[short.length - 1] = 0x5f;
  return short;
}

/** "27 path=…\n": the length counts the whole record and so itself. */
function paxRecord(key: string, value: string): string {
  const rest = utf8(key + value).length + 3;
  const length = rest + String(rest + String(rest).length).length;
  return `${length} ${key}=${value}\n`;
}

/** Everything in front of the data of a file. */
export function renderFront(name: string, size: number, modifiedS: number): Bytes {
  const bytes = utf8(name);
  const fitsTime = modifiedS >= 0 && modifiedS <= OCTAL_MAX;
  let records = "";
  if (bytes.length > 100 || !bytes.every(isPrintable)) records += paxRecord("path", name);
  if (size > OCTAL_MAX) records += paxRecord("size", String(size));
  if (!fitsTime) records += paxRecord("mtime", String(modifiedS));
  const own = header(shortNameOf(bytes), size, fitsTime ? modifiedS : 0, "0");
  if (records === "") return own;
  const text = utf8(records);
  const front = header(utf8("PaxHeaders/0"), text.length, 0, "x");
  return joined([front, text, new Uint8Array(zerosAfter(text.length)), own]);
}

export class TarWriter {
  offset = 0;
  private left = 0; // of the file under way

  constructor(private readonly out: (bytes: Bytes) => Promise<void>) {}

  /** Gives the offset of the data. Exactly `size` bytes must follow. */
  async beginFile(name: string, size: number, modifiedS: number): Promise<number> {
    await this.put(renderFront(name, size, modifiedS));
    this.left = size;
    return this.offset;
  }

  async write(data: Bytes): Promise<void> {
    if (data.length > this.left) throw new Error("more data than the header of the file has announced");
    this.left -= data.length;
    await this.put(data);
  }

  async endFile(): Promise<void> {
    if (this.left !== 0) throw new Error("less data than the header of the file has announced");
    await this.put(new Uint8Array(zerosAfter(this.offset)));
  }

  async putFile(name: string, data: Bytes, modifiedS: number): Promise<number> {
    const offset = await this.beginFile(name, data.length, modifiedS);
    await this.write(data);
    await this.endFile();
    return offset;
  }

  /** The size of the archive if it were finished now. */
  finishedSize(): number {
    return this.offset + 2 * BLOCK;
  }

  /** Closing blocks, and zeros up to `size`. */
  async finish(size: number): Promise<void> {
    while (this.offset < size) await this.put(new Uint8Array(Math.min(PIECE, size - this.offset)));
  }

  private async put(bytes: Bytes): Promise<void> {
    if (bytes.length === 0) return;
    this.offset += bytes.length;
    await this.out(bytes);
  }
}
