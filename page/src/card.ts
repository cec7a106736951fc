// The card that a page carries. Spec: docs/formats.md "Card". `muniment card` has checked it before it made the page;
// whoever can alter the card here can alter this check as well, so it looks for accidents only.
import { digestOf, fromBase64, utf8 } from "./bytes.ts";

export interface Card {
  archive: string;
  words: string;
  compartment: string;
  expires: string; // "2027-02-20"
  recipient: string; // the hybrid one where there is one
  isHybrid: boolean;
  mirrors: Mirror[]; // where it may be sent
}

export interface Mirror {
  address: string;
  token: string; // lets its holder create there, and nothing else
}

const FIRST_LINES: readonly (string | undefined)[] = ["muniment/card/v1", "muniment/card/v2"];
const FRONT = ["archive", "words", "compartment", "expires"] as const;

/** Throws when the card is damaged. `reachable`: the origins to which the page's policy lets it go. */
export async function parseCard(note: string, reachable: readonly string[]): Promise<Card> {
  const text = note.slice(0, note.indexOf("\n\n"));
  const [first, ...lines] = text.split("\n");
  const values = lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);
  const all = (key: string): string[] => values.filter(([found]) => found === key).map(([, value]) => value);
  const [archive, words, compartment, expires] = FRONT.map((key) => all(key)[0] ?? "");
  const recipients = all("recipient");
  const recipient = recipients.at(-1);
  const charter = all("charter")[0];
  if (!FIRST_LINES.includes(first) || !archive || !words || !compartment || !expires || !recipient || !charter) {
    throw new Error("not a card of this version");
  }
  if (Number.isNaN(Date.parse(expires))) throw new Error("no date of expiry");
  if (await digestOf(fromBase64(charter)) !== archive) throw new Error("the charter is not that of the archive");
  // The charter has the line of the compartment, which names both recipients.
  const named = new TextDecoder().decode(fromBase64(all("charter").at(-1) as string)).split("\n")
    .find((line) => line.startsWith(`compartment ${compartment} `));
  if (named === undefined || !recipients.every((each) => named.split(" ").includes(each))) {
    throw new Error("the charter does not name these recipients");
  }
  const mirrors = all("send").map((value) => {
    const [token = "", address = ""] = value.split(" ");
    return { address, token };
  }).filter(({ address }) => reachable.some((origin) => address === origin || address.startsWith(`${origin}/`)));
  return { archive, words, compartment, expires, recipient, isHybrid: recipient.startsWith("age1pq1"), mirrors };
}

const DAY_MS = 86_400_000;

export type ClockState = "fine" | "expired" | "behind" | "ahead";

/**
 * What the clock says of the card. A clock that is behind the day on which the page was made is wrong; one that is far
 * beyond the card's end is wrong, or the card very old.
 */
export function clockState(expires: string, made: string, nowMs: number): ClockState {
  const endMs = Date.parse(expires);
  if (nowMs < Date.parse(made) - 2 * DAY_MS) return "behind";
  if (nowMs >= endMs + 730 * DAY_MS) return "ahead";
  return nowMs >= endMs ? "expired" : "fine";
}

/** The form as a text in the bag. Spec: docs/formats.md "The card's page". */
export function renderForm(answers: readonly { key: string; question: string; answer: string }[], filled: Date,
                           language: string): Uint8Array<ArrayBuffer> | undefined {
  const blocks = answers.filter(({ answer }) => answer.trim() !== "").map(({ key, question, answer }) => {
    const lines = answer.trim().split(/\r\n|\r|\n/).map((line) => `    ${line.trimEnd()}`.trimEnd());
    return `\n${key}: ${question}\n${lines.join("\n")}\n`;
  });
  if (blocks.length === 0) return undefined;
  const date = filled.toISOString().slice(0, 19) + "Z";
  return utf8(`muniment/form/v1\nfilled ${date}\nlanguage ${language}\n${blocks.join("")}`);
}
