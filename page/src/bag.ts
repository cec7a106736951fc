// BagIt 1.0 in a tar. Spec: docs/formats.md "Bag". The same as BagWriter in src/bag/bag.cc.
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, hex, utf8 } from "./bytes.ts";
import type { PayloadFile } from "./contents.ts";
import { padme } from "./padme.ts";
import { TarWriter } from "./tar.ts";

const TAR_FLOOR = 64 * 1024;

function manifestLine(digest: string, path: string): string {
  return `${digest}  ${path}\n`;
}

export class BagWriter {
  private readonly tar: TarWriter;
  private hasher = sha256.create();
  private current = { path: "", size: 0, offset: 0 };
  private readonly manifest: string[] = [];
  private readonly tagManifest: string[] = [];
  private payloadBytes = 0;

  constructor(out: (bytes: Bytes) => Promise<void>, private readonly base: string, private readonly modifiedS: number) {
    this.tar = new TarWriter(out);
  }

  async begin(): Promise<void> {
    await this.putTagFile("bagit.txt", utf8("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"));
  }

  async beginFile(path: string, size: number, modifiedS: number): Promise<void> {
    this.current = { path: `data/${path}`, size, offset: 0 };
    this.current.offset = await this.tar.beginFile(`${this.base}/${this.current.path}`, size, modifiedS);
    this.hasher = sha256.create();
  }

  async write(data: Bytes): Promise<void> {
    this.hasher.update(data);
    await this.tar.write(data);
  }

  async endFile(): Promise<PayloadFile> {
    await this.tar.endFile();
    const file = { ...this.current, digest: hex(this.hasher.digest()) };
    this.manifest.push(manifestLine(file.digest, file.path));
    this.payloadBytes += file.size;
    return file;
  }

  /** `fields` are lines of bag-info.txt, without control characters. */
  async finish(fields: readonly (readonly [string, string])[], contents: Bytes): Promise<void> {
    const oxum = `Payload-Oxum: ${this.payloadBytes}.${this.manifest.length}\n`;
    await this.putTagFile("manifest-sha256.txt", utf8(this.manifest.join("")));
    await this.putTagFile("bag-info.txt", utf8(fields.map(([label, value]) => `${label}: ${value}\n`).join("") + oxum));
    await this.putTagFile("metadata/contents.jsonl", contents);
    await this.putTagFile("tagmanifest-sha256.txt", utf8(this.tagManifest.join("")));
    await this.tar.finish(padme(this.tar.finishedSize(), TAR_FLOOR));
  }

  private async putTagFile(path: string, bytes: Bytes): Promise<void> {
    await this.tar.putFile(`${this.base}/${path}`, bytes, this.modifiedS);
    this.tagManifest.push(manifestLine(hex(sha256(bytes)), path));
  }
}
