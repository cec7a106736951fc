// The contents of a deposit. Spec: docs/formats.md "Contents". The same as src/archive/contents.cc.
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, hex, joined, randomHex, utf8 } from "./bytes.ts";
import { mediaTypeOf } from "./media_types.ts";
import { padme } from "./padme.ts";

const FLOOR = 16 * 1024;
const SALT_BYTES = 16;

export interface PayloadFile {
  path: string; // in the bag: "data/…"
  size: number;
  offset: number; // of the data in the tar
  digest: string;
}

/** What a browser tells of a file beside its bytes. It tells no mode and no owner, and those lines have none. */
export interface ItemFacts {
  path: string;
  modifiedMs: number;
  defects: string[];
  marks?: string[];
}

export interface DepositFacts {
  archive: string;
  compartment: string;
  bag: string;
  sealed: Date;
  tool: string;
}

/** "2026-11-22T13:05:09Z" */
export function toDateTime(date: Date): string {
  return date.toISOString().slice(0, 19) + "Z";
}

/** "2026-11-22T13:05:09.000000000Z"; a browser knows milliseconds. */
function toPreciseTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 23) + "000000Z";
}

function concatenated(prefix: number, ...pieces: Uint8Array[]): Bytes {
  return joined([Uint8Array.of(prefix), ...pieces]);
}

/** The root of RFC 6962 section 2.1 over leaves that are hashed already; one leaf at least. */
function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0] as Uint8Array;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return sha256(concatenated(1, rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split))));
}

export class ContentsWriter {
  items = 0;
  size = 0; // in bytes, of the lines so far
  private readonly lines: Bytes[] = [];

  addFile(file: PayloadFile, facts: ItemFacts): void {
    const item = ++this.items;
    this.add("content", {
      item, size: file.size, sha256: file.digest, mediaType: mediaTypeOf(facts.path), offset: file.offset,
    });
    const context: Record<string, unknown> = {
      item, name: file.path, path: facts.path, modified: toPreciseTime(facts.modifiedMs),
    };
    if (facts.defects.length > 0) context["defects"] = facts.defects;
    if (facts.marks !== undefined && facts.marks.length > 0) context["marks"] = facts.marks;
    this.add("context", context);
  }

  addLeftOut(path: string, reason: string): void {
    this.add("left-out", { item: ++this.items, path, reason });
  }

  /** The padded bytes, and the commitment to the lines. */
  finish(facts: DepositFacts): { bytes: Bytes; tree: string } {
    const first = this.render("deposit", {
      format: "muniment/contents/v1", archive: facts.archive, compartment: facts.compartment, bag: facts.bag,
      sealed: toDateTime(facts.sealed), tool: facts.tool,
    });
    const all = [first, ...this.lines];
    const hashes = all.map((line) => sha256(concatenated(0, line.subarray(0, line.length - 1))));
    const tree = sha256(utf8(`muniment/tree/v1\n${hashes.length}\n${hex(rootOf(hashes))}\n`));
    const text = joined(all);
    const bytes = new Uint8Array(padme(text.length, FLOOR)).fill(0x20);
    bytes.set(text);
    bytes[bytes.length - 1] = 0x0a;
    return { bytes, tree: hex(tree) };
  }

  private render(kind: string, values: Record<string, unknown>): Bytes {
    return utf8(JSON.stringify({ salt: randomHex(SALT_BYTES), kind, ...values }) + "\n");
  }

  private add(kind: string, values: Record<string, unknown>): void {
    const line = this.render(kind, values);
    this.lines.push(line);
    this.size += line.length;
  }
}
