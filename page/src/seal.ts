// From what a person chose to deposits, each source byte once. The same order, splitting and sentences as
// src/archive/walk.cc and src/archive/seal.cc.
import { type Bytes, compareBytes, utf8 } from "./bytes.ts";
import { DepositWriter, type Target } from "./deposit.ts";
import { FileLook } from "./marks.ts";

const READ_BYTES = 1024 * 1024;
const SPLIT_BYTES = 2 ** 30;
const SPLIT_ITEMS = 5000;
const SPLIT_CONTENTS_BYTES = 4 * 1024 * 1024;
const MODIFIED_MAX_MS = 9_200_000_000_000; // the years 1678 to 2261

export interface Source {
  path: string; // with "/" between names
  file: Blob;
  modifiedMs: number;
  defects: string[]; // what was odd before it was read
}

export interface SealHooks {
  /** Takes an object of deposit number `deposit`, counted from 0. The bytes are given away. */
  put: (deposit: number, name: string, bytes: Bytes, digest: string) => Promise<void>;
  onBytes: (bytes: number) => void; // of the source, since the last call
}

export interface SealReport {
  deposits: number;
  files: number;
  bytes: number; // of the source
  notWhole: NotWhole[];
}

/** Something that is not in the deposit as it should be. `done` of `size` bytes are. */
export interface NotWhole {
  path: string;
  kind: "left-out" | "cut";
  done: number;
  size: number;
}

/** The text as a path: well formed, without empty parts and parts that climb. */
export function cleanPath(text: string): string {
  const wellFormed = new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text));
  const parts = wellFormed.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.length === 0 ? "file" : parts.join("/");
}

/** Folder by folder, names in the order of their bytes. */
export function inOrder(sources: readonly Source[]): Source[] {
  const keyed = sources.map((source) => ({ source, parts: source.path.split("/").map(utf8) }));
  keyed.sort((a, b) => {
    for (let i = 0; i < a.parts.length && i < b.parts.length; i++) {
      const order = compareBytes(a.parts[i] as Bytes, b.parts[i] as Bytes);
      if (order !== 0) return order;
    }
    return a.parts.length - b.parts.length;
  });
  return keyed.map(({ source }) => source);
}

/** Two choices may hold the same path; contents name each once. */
export function withUniquePaths(sources: readonly Source[]): Source[] {
  const taken = new Set<string>();
  return sources.map((source) => {
    let path = source.path;
    for (let n = 2; taken.has(path); n++) path = `${n}/${source.path}`;
    taken.add(path);
    if (path === source.path) return source;
    const defect = "was chosen beside another file of the same name; the number in front of its path was added";
    return { ...source, path, defects: [...source.defects, defect] };
  });
}

async function readAt(file: Blob, start: number, end: number): Promise<Bytes> {
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

export class Sealing {
  private readonly report: SealReport = { deposits: 0, files: 0, bytes: 0, notWhole: [] };
  private writer: DepositWriter | undefined = undefined;

  constructor(private readonly target: Target, private readonly now: () => Date, private readonly hooks: SealHooks) {}

  async sealAll(sources: readonly Source[]): Promise<SealReport> {
    for (const source of sources) await this.add(source);
    await this.endDeposit();
    return this.report;
  }

  private async endDeposit(): Promise<void> {
    if (this.writer === undefined) return;
    await this.writer.finish();
    this.writer = undefined;
    this.report.deposits++;
  }

  private async add(source: Source): Promise<void> {
    if (this.writer !== undefined && this.isFull(this.writer, source.file.size)) await this.endDeposit();
    const number = this.report.deposits;
    this.writer ??= await DepositWriter.begin(this.target, this.now(),
      (name, bytes, digest) => this.hooks.put(number, name, bytes, digest));
    await this.addFile(this.writer, source);
  }

  private isFull(writer: DepositWriter, bytes: number): boolean {
    const { contents } = writer;
    if (contents.items === 0) return false;
    return writer.sourceBytes + bytes > SPLIT_BYTES || contents.items >= SPLIT_ITEMS ||
           contents.size > SPLIT_CONTENTS_BYTES;
  }

  private async addFile(writer: DepositWriter, source: Source): Promise<void> {
    const { size } = source.file;
    const facts = { path: source.path, modifiedMs: source.modifiedMs, defects: [...source.defects] };
    if (!(Math.abs(facts.modifiedMs) < MODIFIED_MAX_MS)) {
      facts.modifiedMs = Math.sign(facts.modifiedMs || 1) * MODIFIED_MAX_MS;
      facts.defects.push("has a time outside the years 1678 to 2261, which is not kept");
    }
    let first: Bytes;
    try {
      first = await readAt(source.file, 0, Math.min(READ_BYTES, size));
    } catch (error) {
      // It was chosen a while ago, and may have been changed, moved or removed since.
      writer.contents.addLeftOut(source.path, `the browser could not read it (${nameOf(error)}): ` +
        "it was changed, moved or removed since it was chosen, or may not be read");
      this.report.notWhole.push({ path: source.path, kind: "left-out", done: 0, size });
      return;
    }
    await writer.beginFile(source.path, size, facts.modifiedMs);
    const look = new FileLook(source.path, facts.modifiedMs, writer.nowS());
    const { done, cause } = await this.copy(writer, source.file, first, look);
    if (done < size) {
      facts.defects.unshift(`${cause}: only its first ${done} of ${size} bytes are here, the rest is zeros`);
      this.report.notWhole.push({ path: source.path, kind: "cut", done, size });
      await fillWithZeros(writer, size - done);
    }
    await writer.endFile({ ...facts, marks: look.finish() });
    writer.sourceBytes += done;
    this.report.files++;
    this.report.bytes += done;
  }

  /** Copies what the source gives; the header of the file has announced its whole size. */
  private async copy(
    writer: DepositWriter, file: Blob, first: Bytes, look: FileLook,
  ): Promise<{ done: number; cause: string }> {
    let done = 0;
    for (let piece = first; piece.length > 0;) {
      done += piece.length; // before it is given away
      this.hooks.onBytes(piece.length);
      look.update(piece);
      await writer.write(piece);
      if (done >= file.size) break;
      try {
        piece = await readAt(file, done, Math.min(done + READ_BYTES, file.size));
      } catch (error) {
        return { done, cause: `could not be read to its end (${nameOf(error)})` };
      }
    }
    return { done, cause: "became shorter while it was read" };
  }
}

async function fillWithZeros(writer: DepositWriter, count: number): Promise<void> {
  for (let left = count; left > 0; left -= READ_BYTES) await writer.write(new Uint8Array(Math.min(READ_BYTES, left)));
}
