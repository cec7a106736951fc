// Names in a bag. Spec: docs/formats.md "Names". The same as src/bag/names.cc, by the browser's tables of Unicode.
// Texts here are well formed: no half of a surrogate pair.
import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "./bytes.ts";

const NAME_BYTES_MAX = 255;
const PATH_BYTES_MAX = 3800;
const HASH_DIGITS = 16;
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}/\\%]/gu;
const EXTENSION = /\.[0-9A-Za-z]{1,15}$/;

/** What is not allowed becomes "_"; then NFC; then a space at either edge becomes "_". */
function clean(name: string): string {
  return name.replace(FORBIDDEN, "_").normalize("NFC").replace(/^\p{Zs}/u, "_").replace(/\p{Zs}$/u, "_");
}

export function isPlainName(name: string): boolean {
  const bytes = utf8(name).length;
  return bytes > 0 && bytes <= NAME_BYTES_MAX && name !== "." && name !== ".." && clean(name) === name;
}

/** As many whole characters from the start as fit. */
function cutTo(text: string, bytesMax: number): string {
  let bytes = 0;
  let cut = "";
  for (const character of text) {
    bytes += utf8(character).length;
    if (bytes > bytesMax) break;
    cut += character;
  }
  return cut;
}

/** The name cleaned, with the digest of `identity` in front of its extension. */
function markName(name: string, identity: string): string {
  const text = clean(name);
  const found = EXTENSION.exec(text);
  const extension = found !== null && found.index > 0 ? found[0] : "";
  const stem = text.slice(0, text.length - extension.length);
  const room = NAME_BYTES_MAX - 1 - HASH_DIGITS - extension.length;
  return cutTo(stem, room) + "~" + hex(sha256(utf8(identity))).slice(0, HASH_DIGITS) + extension;
}

export function repairName(name: string): string {
  return markName(name, name);
}

/**
 * Equal for names that are equal after full case folding. Lower, upper and lower again is folding, character by
 * character (a final sigma is no other letter here), but for the dotless i, which folds to itself.
 */
export function foldCase(name: string): string {
  const folded = Array.from(name, (character) =>
    character === "\u0131" ? character : character.toLowerCase().toUpperCase().toLowerCase());
  return folded.join("").normalize("NFC");
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** Gives each true path its path in one bag. */
export class NameTable {
  private readonly given = new Map<string, string>(); // true path (folders end in "/") → path in the bag
  private readonly taken = new Set<string>(); // paths in the bag with the last name folded, folders too

  add(truePath: string): string {
    let folder = "";
    let start = 0;
    for (let slash = truePath.indexOf("/"); slash >= 0; slash = truePath.indexOf("/", start)) {
      folder = this.place(folder, truePath.slice(start, slash), truePath.slice(0, slash + 1));
      start = slash + 1;
    }
    return this.place(folder, truePath.slice(start), truePath);
  }

  private place(folder: string, trueName: string, truePath: string): string {
    const known = this.given.get(truePath);
    if (known !== undefined) return known;
    for (let attempt = 1; ; attempt++) {
      let placeIn = folder;
      let name: string;
      if (attempt === 1 && isPlainName(trueName)) {
        name = trueName;
      } else if (attempt <= 2) {
        name = repairName(trueName);
      } else {
        placeIn = "";
        name = markName(trueName, `${truePath}//${attempt}`);
      }
      const path = join(placeIn, name);
      if (utf8(path).length > PATH_BYTES_MAX) continue;
      const key = join(placeIn, foldCase(name));
      if (this.taken.has(key)) continue;
      this.taken.add(key);
      this.given.set(truePath, path);
      return path;
    }
  }
}
