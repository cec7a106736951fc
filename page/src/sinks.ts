// Where sealed objects go: a folder, a file on a disk, or a download. None holds more than one object in memory of its
// own; what a browser does with a download that is not finished is the browser's.
import { type Bytes, digestOf, randomHex } from "./bytes.ts";
import { TarWriter } from "./tar.ts";

// The part of the File System Access API that is used; browsers without it have none of it.
export interface WritableFile {
  write(bytes: Bytes): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}
export interface FileHandle {
  name: string;
  createWritable(): Promise<WritableFile>;
  getFile(): Promise<File>;
}
export interface FolderHandle {
  name: string;
  getDirectoryHandle(name: string, options: { create: boolean }): Promise<FolderHandle>;
  getFileHandle(name: string, options: { create: boolean }): Promise<FileHandle>;
  removeEntry(name: string, options: { recursive: boolean }): Promise<void>;
}

interface ObjectFacts {
  deposit: number; // counted from 0
  name: string; // in the deposit
  size: number;
  digest: string; // SHA-256 of what was sealed
}

/**
 * An object of a deposit, where it lies now. `read` is made when a sink has finished: made where the object is put, it
 * would keep its bytes alive, in Firefox at least.
 */
export interface SealedObject extends ObjectFacts {
  read: () => Promise<Blob>;
}

/** What was made: names of folders, or a file that is there or still to be saved. */
export interface Made {
  names: string[];
  bytes: number;
  download?: Blob;
  objects: SealedObject[];
}

export interface Sink {
  put(deposit: number, name: string, bytes: Bytes, digest: string): Promise<void>;
  /** Closes, and reads back what can be read back. Throws when it is not what was written. */
  finish(): Promise<Made>;
  /** Takes away what a run that failed has left. Throws when it cannot. */
  abandon(): Promise<void>;
  /** What it has made so far. */
  names(): string[];
}

export class NotWrittenError extends Error {
  override name = "NotWrittenError";
}

async function check(file: Blob, digest: string, name: string): Promise<void> {
  if (await digestOf(new Uint8Array(await file.arrayBuffer())) !== digest) throw new NotWrittenError(name);
}

/** The folders of deposits that one run makes; their names tell nothing. */
class FolderNames {
  readonly all: string[] = [];

  of(deposit: number): string {
    while (this.all.length <= deposit) this.all.push(`deposit-${randomHex(8)}`);
    return this.all[deposit] as string;
  }
}

/** Deposits as folders in one that was chosen, as `muniment seal -o` makes them. */
export class FolderSink implements Sink {
  private readonly folders = new FolderNames();
  private readonly written: (ObjectFacts & { handle: FileHandle })[] = [];
  private bytes = 0;

  constructor(private readonly folder: FolderHandle) {}

  async put(deposit: number, name: string, bytes: Bytes, digest: string): Promise<void> {
    const inside = await this.folder.getDirectoryHandle(this.folders.of(deposit), { create: true });
    const handle = await inside.getFileHandle(name, { create: true });
    const file = await handle.createWritable();
    try {
      await file.write(bytes);
      await file.close();
    } catch (error) {
      await file.abort().catch(() => undefined); // else the folder cannot be taken away
      throw error;
    }
    this.bytes += bytes.length;
    this.written.push({ deposit, name, size: bytes.length, digest, handle });
  }

  async finish(): Promise<Made> {
    for (const { name, handle, digest } of this.written) await check(await handle.getFile(), digest, name);
    const objects = this.written.map(({ handle, ...object }) => ({ ...object, read: () => handle.getFile() }));
    return { names: this.names(), bytes: this.bytes, objects };
  }

  async abandon(): Promise<void> {
    for (const name of this.names()) await this.folder.removeEntry(name, { recursive: true });
  }

  names(): string[] {
    return this.folders.all;
  }
}

/** One tar of the same folders. */
abstract class TarSink implements Sink {
  protected readonly tar = new TarWriter((bytes) => this.append(bytes));
  private readonly folders = new FolderNames();
  private readonly members: (ObjectFacts & { start: number })[] = [];

  async put(deposit: number, name: string, bytes: Bytes, digest: string): Promise<void> {
    const start = await this.tar.putFile(`${this.folders.of(deposit)}/${name}`, bytes, 0);
    this.members.push({ deposit, name, size: bytes.length, digest, start });
  }

  async finish(): Promise<Made> {
    await this.tar.finish(this.tar.finishedSize());
    const { file, ...made } = await this.close();
    const objects = this.members.map(({ start, ...object }) => (
      { ...object, read: async () => file.slice(start, start + object.size) }));
    return { ...made, bytes: file.size, objects };
  }

  abstract abandon(): Promise<void>;
  abstract names(): string[];
  protected abstract append(bytes: Bytes): Promise<void>;
  protected abstract close(): Promise<{ names: string[]; file: Blob; download?: Blob }>;
}

/** A tar that is written where the person said. */
export class FileSink extends TarSink {
  private readonly written: { start: number; end: number; digest: string }[] = [];
  private end = 0;

  private constructor(private readonly handle: FileHandle, private readonly file: WritableFile) {
    super();
  }

  static async begin(handle: FileHandle): Promise<FileSink> {
    return new FileSink(handle, await handle.createWritable());
  }

  protected async append(bytes: Bytes): Promise<void> {
    const start = this.end;
    this.end += bytes.length;
    this.written.push({ start, end: this.end, digest: await digestOf(bytes) });
    await this.file.write(bytes);
  }

  protected async close(): Promise<{ names: string[]; file: Blob }> {
    await this.file.close();
    const file = await this.handle.getFile();
    if (file.size !== this.end) throw new NotWrittenError(file.name);
    for (const { start, end, digest } of this.written) await check(file.slice(start, end), digest, file.name);
    return { names: [file.name], file };
  }

  async abandon(): Promise<void> {
    await this.file.abort();
  }

  names(): string[] {
    return [this.handle.name];
  }
}

/** A tar that the browser saves as a download. */
export class DownloadSink extends TarSink {
  private readonly pieces: Blob[] = [];

  constructor(private readonly name: string) {
    super();
  }

  protected async append(bytes: Bytes): Promise<void> {
    // By way of a Response, since Firefox puts a body of this size on the disk, and other new Blobs into memory.
    this.pieces.push(await new Response(bytes).blob());
  }

  protected async close(): Promise<{ names: string[]; file: Blob; download: Blob }> {
    const download = new Blob(this.pieces, { type: "application/x-tar" });
    return { names: [this.name], file: download, download };
  }

  async abandon(): Promise<void> {
    this.pieces.length = 0;
  }

  names(): string[] {
    return [this.name];
  }
}
