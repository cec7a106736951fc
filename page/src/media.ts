// What a camera writes into a photograph (EXIF, CIPA DC-008, in a JPEG file) and into a film (the boxes of ISO/IEC
// 14496-12): a few fields. The same as src/media/jpeg.cc and film.cc. Files are hostile: past their end is nothing.
import { type Bytes, joined } from "./bytes.ts";

type Numbers = (offset: number, count: number) => number | undefined;

/** Reads numbers of up to 8 bytes; those beyond 2^53 lose what nobody asks for. */
function numbersOf(bytes: Uint8Array, isLittle = false): Numbers {
  return (offset, count) => {
    if (offset + count > bytes.length) return undefined;
    let number = 0;
    for (let i = 0; i < count; i++) number = number * 256 + (bytes[offset + (isLittle ? count - 1 - i : i)] as number);
    return number;
  };
}

/** Each byte as a character. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

export interface PhotoFacts {
  isKnown: boolean; // the start reached as far as the picture: what is not said here is not in the file
  maker: string;
  model: string;
  taken: string; // "2024:01:31 12:34:56", the camera's own clock
}

const SEGMENTS_MAX = 1000;
const FIELDS_MAX = 512;
const TEXT_BYTES_MAX = 64;
const EXIF = "Exif\0\0";
const START_OF_SCAN = 0xda, END_OF_IMAGE = 0xd9, APP1 = 0xe1;
const MAKER = 0x010f, MODEL = 0x0110, CHANGED = 0x0132, EXIF_FIELDS = 0x8769, TAKEN = 0x9003;
const ASCII = 2;

/** "0000:00:00 00:00:00" and blanks are what a camera writes whose clock was never set. */
function timeOf(text: string): string {
  return /[1-9]/.test(text) ? text : "";
}

function readExif(bytes: Uint8Array, facts: PhotoFacts): boolean {
  const mark = numbersOf(bytes)(0, 2);
  if (mark !== 0x4949 && mark !== 0x4d4d) return false;
  const number = numbersOf(bytes, mark === 0x4949);
  if (number(2, 2) !== 42) return false;

  const text = (field: number): string => {
    const size = number(field + 4, 4) ?? 0;
    if (number(field + 2, 2) !== ASCII) return "";
    const start = size <= 4 ? field + 8 : number(field + 8, 4) ?? 0;
    let found = "";
    for (let i = 0; i < Math.min(size, TEXT_BYTES_MAX); i++) {
      const byte = number(start + i, 1);
      if (byte === undefined || byte === 0) break;
      found += byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : "?";
    }
    return found.replace(/ +$/, "");
  };
  const eachField = (offset: number, take: (tag: number, field: number) => void): void => {
    const count = Math.min(number(offset, 2) ?? 0, FIELDS_MAX);
    for (let i = 0; i < count; i++) {
      const field = offset + 2 + 12 * i;
      const tag = number(field, 2);
      if (tag === undefined || number(field + 8, 4) === undefined) return;
      take(tag, field);
    }
  };

  let more = 0;
  let changed = "";
  eachField(number(4, 4) ?? 0, (tag, field) => {
    if (tag === MAKER) facts.maker = text(field);
    if (tag === MODEL) facts.model = text(field);
    if (tag === CHANGED) changed = timeOf(text(field));
    if (tag === EXIF_FIELDS) more = number(field + 8, 4) ?? 0;
  });
  if (more !== 0) eachField(more, (tag, field) => { if (tag === TAKEN) facts.taken = timeOf(text(field)); });
  if (facts.taken === "") facts.taken = changed;
  return true;
}

/** Reads the start of a JPEG file; of more than it holds nothing is asked. */
export function readPhoto(start: Uint8Array): PhotoFacts {
  const facts: PhotoFacts = { isKnown: false, maker: "", model: "", taken: "" };
  const number = numbersOf(start);
  let hasExif = false;
  let offset = 2;
  for (let i = 0; i < SEGMENTS_MAX; i++) {
    const marker = number(offset + 1, 1);
    if (number(offset, 1) !== 0xff || marker === undefined) return facts;
    if (marker === 0xff) { // markers may be filled up from the left
      offset++;
      continue;
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) {
      facts.isKnown = true;
      return facts;
    }
    const size = number(offset + 2, 2);
    if (size === undefined || size < 2) return facts;
    const end = offset + 2 + size;
    if (marker === APP1 && end <= start.length && !hasExif) {
      const segment = start.subarray(offset + 4, end);
      if (latin1(segment.subarray(0, EXIF.length)) === EXIF) hasExif = readExif(segment.subarray(EXIF.length), facts);
    }
    offset = end;
  }
  return facts;
}

export interface FilmFacts {
  hasMaker: boolean; // who made the device, or its model
  createdS: number; // since 1970, by the device's clock; 0 where it was not set
}

const BODY_BYTES_MAX = 64 * 1024;
const FROM_1904_TO_1970_S = 2_082_844_800;
const CREATED_MAX = 2 ** 34;
const HEADER_BYTES = 8, LONG_HEADER_BYTES = 16;
// Keys and boxes in which devices name themselves: Apple, Android, and QuickTime's user data.
const MAKERS = ["com.apple.quicktime.make", "com.apple.quicktime.model", "com.android.manufacturer",
                "com.android.model", "\xa9mak", "\xa9mod"];

/** True where a file starts as an MP4, MOV or 3GP. */
export function isFilm(start: Uint8Array): boolean {
  return start.length >= HEADER_BYTES && latin1(start.subarray(4, 8)) === "ftyp";
}

/** Reads a film as it goes by: what is looked for stands at its start or at its end. */
export class FilmReader {
  private position = 0;
  private header: number[] = []; // of the box that begins here, as far as it has come
  private body: Bytes[] = []; // of a box that is looked into, as far as it is kept
  private kept = 0;
  private skipUntil = 0; // the end of the box that goes by
  private movieEnd = 0; // of "moov", once it has begun
  private box: "other" | "movie header" | "about" = "other";
  private isBroken = false;
  private hasMovie = false;
  private readonly facts: FilmFacts = { hasMaker: false, createdS: 0 };

  update(bytes: Uint8Array): void {
    while (bytes.length > 0 && !this.isBroken) {
      if (this.position < this.skipUntil) {
        const count = Math.min(bytes.length, this.skipUntil - this.position);
        if (this.box !== "other") {
          const piece = bytes.slice(0, Math.min(count, BODY_BYTES_MAX - this.kept)) as Bytes;
          this.body.push(piece);
          this.kept += piece.length;
        }
        this.position += count;
        bytes = bytes.subarray(count);
        if (this.position === this.skipUntil) this.endBoxes();
        continue;
      }
      this.header.push(bytes[0] as number);
      this.position++;
      bytes = bytes.subarray(1);
      this.takeHeader();
    }
  }

  /** Nothing where the boxes do not fit into each other or there is no box "moov". */
  finish(): FilmFacts | undefined {
    const isWhole = !this.isBroken && this.hasMovie && this.movieEnd === 0 && this.position >= this.skipUntil;
    return isWhole ? this.facts : undefined;
  }

  private takeHeader(): void {
    if (this.header.length < HEADER_BYTES) return;
    const bytes = Uint8Array.from(this.header);
    const number = numbersOf(bytes);
    let size = number(0, 4) ?? 0;
    if (size === 1 && bytes.length < LONG_HEADER_BYTES) return;
    if (size === 1) size = number(8, 8) ?? 0;
    const start = this.position - bytes.length;
    const room = (this.movieEnd === 0 ? Infinity : this.movieEnd) - start;
    const end = size === 0 ? start + room : start + size;
    this.isBroken = size !== 0 && (size < bytes.length || size > room);
    const type = latin1(bytes.subarray(4, 8));
    if (this.movieEnd === 0 && type === "moov" && !this.isBroken) {
      this.hasMovie = true;
      this.movieEnd = end;
      this.skipUntil = this.position;
    } else {
      this.skipUntil = end;
      this.box = "other";
      if (this.movieEnd !== 0 && type === "mvhd") this.box = "movie header";
      if (this.movieEnd !== 0 && (type === "udta" || type === "meta")) this.box = "about";
    }
    this.header = [];
    if (this.position === this.skipUntil) this.endBoxes();
  }

  private endBoxes(): void {
    if (this.box !== "other") {
      const body = joined(this.body);
      if (this.box === "movie header") this.readMovieHeader(body);
      else this.lookForMaker(latin1(body));
    }
    this.box = "other";
    this.body = [];
    this.kept = 0;
    if (this.position === this.movieEnd) this.movieEnd = 0;
  }

  private lookForMaker(text: string): void {
    this.facts.hasMaker ||= MAKERS.some((maker) => text.includes(maker));
  }

  private readMovieHeader(body: Uint8Array): void {
    const number = numbersOf(body);
    const created = number(4, number(0, 1) === 1 ? 8 : 4) ?? 0;
    if (created === 0 || created > CREATED_MAX) return;
    // Some devices count from 1970 here as well.
    this.facts.createdS = created > FROM_1904_TO_1970_S ? created - FROM_1904_TO_1970_S : created;
  }
}
