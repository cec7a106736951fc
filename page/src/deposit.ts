// Writes one deposit: bag → age → parts. Spec: docs/formats.md "Deposit". The same as src/archive/deposit_writer.cc.
import { BagWriter } from "./bag.ts";
import { type Bytes, digestOf, joined, randomHex, utf8 } from "./bytes.ts";
import { ContentsWriter, type ItemFacts, type PayloadFile } from "./contents.ts";
import { NameTable } from "./names.ts";
import { encrypterFor, StreamSealer } from "./sealer.ts";

const BASE_NAME_BYTES = 8;

/** For what a deposit is sealed. */
export interface Target {
  archive: string;
  compartment: string;
  recipient: string;
  tool: string; // "muniment-page 0.1.0": what makes the deposit
}

/** Takes the objects of a deposit, in their order, each with its SHA-256; the receipt last. The bytes are given away. */
export type PutObject = (name: string, bytes: Bytes, digest: string) => Promise<void>;

export function partName(index: number): string {
  return `part-${String(index).padStart(7, "0")}`;
}

export class DepositWriter {
  readonly contents = new ContentsWriter();
  sourceBytes = 0;
  files = 0;
  private readonly names = new NameTable();
  private readonly bag: BagWriter;
  private readonly base = `bag-${randomHex(BASE_NAME_BYTES)}`;

  private constructor(
    private readonly target: Target, private readonly now: Date, private readonly sums: SealedSums,
    private readonly sealer: StreamSealer, private readonly put: PutObject,
  ) {
    this.bag = new BagWriter((bytes) => this.sealer.write(bytes), this.base, this.nowS());
  }

  static async begin(target: Target, now: Date, put: PutObject): Promise<DepositWriter> {
    const sums = new SealedSums(put);
    const sealer = await StreamSealer.begin(target.recipient, {
      header: (bytes) => sums.takeHeader(bytes),
      part: (bytes) => sums.takePart(bytes),
    });
    const writer = new DepositWriter(target, now, sums, sealer, put);
    await writer.bag.begin();
    return writer;
  }

  nowS(): number {
    return Math.floor(this.now.getTime() / 1000);
  }

  async beginFile(truePath: string, size: number, modifiedMs: number): Promise<void> {
    await this.bag.beginFile(this.names.add(truePath), size, Math.trunc(modifiedMs / 1000));
  }

  async write(data: Bytes): Promise<void> {
    await this.bag.write(data);
  }

  async endFile(facts: ItemFacts): Promise<PayloadFile> {
    const file = await this.bag.endFile();
    this.contents.addFile(file, facts);
    this.files++;
    return file;
  }

  async finish(): Promise<void> {
    if (this.files === 0) await this.addNoteOfNoFiles();
    const { archive, compartment, tool } = this.target;
    const contents = this.contents.finish({ archive, compartment, bag: this.base, sealed: this.now, tool });
    const date = this.now.toISOString().slice(0, 10);
    await this.bag.finish([["Bag-Software-Agent", tool], ["Bagging-Date", date]], contents.bytes);
    await this.sealer.finish();

    const sealedContents = joined([await encrypterFor(this.target.recipient).encrypt(contents.bytes)]);
    const sealedDigest = await digestOf(sealedContents);
    const sums = utf8(this.sums.parts.map((digest, i) => `${digest}  ${partName(i)}\n`).join(""));
    const sumsDigest = await digestOf(sums);
    const receipt = utf8(
      `muniment/deposit/v1\narchive ${archive}\ncontents ${await digestOf(contents.bytes)}\ntree ${contents.tree}\n` +
      `bytes ${this.sums.bytes}\nparts ${this.sums.parts.length}\n${sumsDigest}  SHA256SUMS\n` +
      `${this.sums.header}  header-0\n${sealedDigest}  contents-0.age\n`);
    const receiptDigest = await digestOf(receipt);
    await this.put("contents-0.age", sealedContents, sealedDigest);
    await this.put("SHA256SUMS", sums, sumsDigest);
    await this.put("receipt", receipt, receiptDigest);
  }

  /** A bag needs a payload (RFC 8493 section 2.1.2). */
  private async addNoteOfNoFiles(): Promise<void> {
    const note = utf8("What was given holds no files. Links, empty folders and what was left out are in " +
                      "metadata/contents.jsonl.\n");
    const path = "no-files.txt";
    await this.beginFile(path, note.length, this.nowS() * 1000);
    await this.write(note);
    await this.endFile({
      path, modifiedMs: this.nowS() * 1000,
      defects: ["was written by muniment, since what was given holds no files"],
    });
  }
}

/** Names and hashes what the sealer gives, before it is handed on. */
class SealedSums {
  header = "";
  bytes = 0;
  readonly parts: string[] = [];

  constructor(private readonly put: PutObject) {}

  async takeHeader(bytes: Bytes): Promise<void> {
    this.header = await digestOf(bytes);
    await this.put("header-0", bytes, this.header);
  }

  async takePart(bytes: Bytes): Promise<void> {
    const name = partName(this.parts.length);
    const digest = await digestOf(bytes);
    this.parts.push(digest);
    this.bytes += bytes.length;
    await this.put(name, bytes, digest);
  }
}
