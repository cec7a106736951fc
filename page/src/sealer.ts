// Seals a stream with age and cuts it. Spec: docs/formats.md "Deposit". The cryptography is age-encryption's alone:
// what it writes is cut behind the header and the nonce, and then every 256 chunks.
import { Encrypter } from "age-encryption";
import { type Bytes, joined } from "./bytes.ts";

export const PART_BYTES = 256 * (64 * 1024 + 16);
const NONCE_BYTES = 16;
const HEADER_BYTES_MAX = 64 * 1024;
const LF = 0x0a;

export function encrypterFor(recipient: string): Encrypter {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter;
}

/** Where the age header ends: behind its line "--- <MAC>". Undefined while it is not there as a whole. */
function headerEnd(bytes: Bytes): number | undefined {
  for (let at = 0; at + 4 < bytes.length; at++) {
    const isLast = bytes[at] === LF && bytes[at + 1] === 0x2d && bytes[at + 2] === 0x2d && bytes[at + 3] === 0x2d;
    if (!isLast) continue;
    const end = bytes.indexOf(LF, at + 1);
    return end < 0 ? undefined : end + 1;
  }
  return undefined;
}

export interface SealedPieces {
  header: (bytes: Bytes) => Promise<void>; // with the nonce; comes first
  part: (bytes: Bytes) => Promise<void>;
}

export class StreamSealer {
  private failure: unknown = undefined;
  private readonly input: WritableStreamDefaultWriter<Bytes>;
  private readonly done: Promise<void>;

  private constructor(writable: WritableStream<Bytes>, sealed: ReadableStream<Uint8Array>, pieces: SealedPieces) {
    this.input = writable.getWriter();
    this.input.closed.catch(() => undefined); // told by write() and finish()
    const reader = sealed.getReader();
    this.done = cut(reader, pieces).catch(async (error: unknown) => {
      this.failure = error ?? new Error("sealing failed");
      // Whoever waits to write must not wait for ever.
      await reader.cancel(error).catch(() => undefined);
    });
  }

  static async begin(recipient: string, pieces: SealedPieces): Promise<StreamSealer> {
    const { readable, writable } = new TransformStream<Bytes, Bytes>();
    return new StreamSealer(writable, await encrypterFor(recipient).encrypt(readable), pieces);
  }

  /** The bytes must not be changed afterwards. */
  async write(bytes: Bytes): Promise<void> {
    try {
      await this.input.write(bytes);
    } catch (error) {
      await this.done;
      throw this.failure ?? error;
    }
  }

  async finish(): Promise<void> {
    await this.input.close().catch(() => undefined);
    await this.done;
    if (this.failure !== undefined) throw this.failure;
  }
}

async function cut(reader: ReadableStreamDefaultReader<Uint8Array>, pieces: SealedPieces): Promise<void> {
  let front: Bytes | undefined = new Uint8Array(0); // until the header is there
  let part = new Uint8Array(PART_BYTES);
  let used = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    let rest = value;
    if (front !== undefined) {
      front = joined([front, rest]);
      const end = headerEnd(front);
      if (end === undefined || front.length < end + NONCE_BYTES) {
        if (front.length > HEADER_BYTES_MAX) throw new Error("what age writes has no header that ends");
        continue;
      }
      await pieces.header(front.slice(0, end + NONCE_BYTES));
      rest = front.slice(end + NONCE_BYTES);
      front = undefined;
    }
    while (rest.length > 0) {
      const count = Math.min(rest.length, PART_BYTES - used);
      part.set(rest.subarray(0, count), used);
      used += count;
      rest = rest.subarray(count);
      if (used < PART_BYTES) continue;
      await pieces.part(part);
      part = new Uint8Array(PART_BYTES);
      used = 0;
    }
  }
  if (front !== undefined) throw new Error("what age writes has no header");
  if (used > 0) await pieces.part(part.slice(0, used));
}
