// What the page says, in its languages.
import { be } from "./be.ts";
import { en, type Texts } from "./en.ts";
import { ru } from "./ru.ts";
import { uk } from "./uk.ts";

export const LANGUAGES = { ru: "Русский", uk: "Українська", be: "Беларуская", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;
export type TextKey = keyof Texts;

const TEXTS: Record<Language, Texts> = { ru, uk, be, en };

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text);
}

/** The first language of the browser's that the page speaks; English where it speaks none. */
export function preferredLanguage(wanted: readonly string[]): Language {
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? "en";
}

/** The text with "{name}" replaced by values. */
export function say(language: Language, key: TextKey, values: Record<string, string> = {}): string {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** "3.4 GiB", as the program says it. */
export function humanSize(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${units[unit]}`;
}
