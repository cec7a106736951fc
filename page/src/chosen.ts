// What the person has chosen and typed.
import { cleanPath, type Source } from "./seal.ts";
import type { TextKey } from "./texts/index.ts";

export const QUESTIONS = ["who", "where", "when", "interviewer", "language", "consent", "risks"] as const satisfies
  readonly TextKey[];
export type Question = (typeof QUESTIONS)[number];
export const FORM_PATH = "form.txt";

const NAME_LETTERS_MIN = 4; // shorter words stand in names of files by chance

export function sourceOf(file: File): Source {
  // A file alone has no folder, whatever its name holds.
  const path = file.webkitRelativePath || file.name.replaceAll("/", "_");
  return { path: cleanPath(path), file, modifiedMs: file.lastModified, defects: [] };
}

export function sizeOf(sources: readonly Source[]): number {
  return sources.reduce((sum, source) => sum + source.file.size, 0);
}

/** A word of what was typed as a name that stands in the path of a file, too. */
export function nameInPaths(names: readonly string[], sources: readonly Source[]): string | undefined {
  const words = names.join(" ").normalize("NFC").toLowerCase().split(/[^\p{L}]+/u)
    .filter((word) => word.length >= NAME_LETTERS_MIN);
  const paths = sources.map((source) => source.path.normalize("NFC").toLowerCase());
  return words.find((word) => paths.some((path) => path.includes(word)));
}
