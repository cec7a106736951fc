// What came of a run, in words.
import { byId, element, fill, show } from "./dom.ts";
import { StoppedError } from "./run.ts";
import type { NotWhole, SealReport } from "./seal.ts";
import { type Made, NotWrittenError } from "./sinks.ts";
import { humanSize, type Language, say, type TextKey } from "./texts/index.ts";

export type Outcome =
  | { kind: "sealed"; report: SealReport; made: Made }
  | { kind: "failed"; error: unknown; leftovers: string[] };

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What a person can do about it, by what browsers call it. */
function failureOf(error: unknown): { key: TextKey; reason: string } {
  const reason = reasonOf(error);
  if (error instanceof NotWrittenError) return { key: "failedReadBack", reason: error.message };
  if (/QuotaExceeded|no space|NoSpace|disk (is )?full/i.test(reason)) return { key: "failedSpace", reason };
  if (/out of memory|allocation|RangeError/i.test(reason)) return { key: "failedMemory", reason };
  if (/NotAllowed|NoModificationAllowed|SecurityError/.test(reason)) return { key: "failedDenied", reason };
  return { key: "failedOther", reason };
}

function lineOf(item: NotWhole, language: Language): string {
  return say(language, item.kind === "left-out" ? "leftOut" : "cut",
             { path: item.path, done: humanSize(item.done), size: humanSize(item.size) });
}

function paragraphs(...lines: string[]): HTMLElement[] {
  return lines.map((line) => element("p", {}, line));
}

function showFailure({ error, leftovers }: Outcome & { kind: "failed" }, language: Language): void {
  const isStopped = error instanceof StoppedError;
  const { key, reason } = failureOf(error);
  const lines = isStopped ? [say(language, "stopped")] : [say(language, "failed"), say(language, key, { reason })];
  if (leftovers.length > 0) lines.push(say(language, "leftovers", { names: leftovers.join(", ") }));
  byId("result").className = "bad";
  fill("result-text", ...paragraphs(...lines));
  show("stays", !isStopped);
}

let downloadUrl: { blob: Blob; url: string } | undefined = undefined;

/** A link that saves, and was pressed once already. */
function downloadLink(blob: Blob, name: string, label: string): HTMLElement {
  const isNew = downloadUrl?.blob !== blob;
  const url = downloadUrl !== undefined && !isNew ? downloadUrl.url : URL.createObjectURL(blob);
  downloadUrl = { blob, url };
  const link = element("a", { href: url, download: name, className: "button", id: "download" }, label);
  if (isNew) link.click();
  return link;
}

function showSealed({ report, made }: Outcome & { kind: "sealed" }, language: Language): void {
  const isWhole = report.notWhole.length === 0;
  byId("result").className = isWhole ? "good" : "bad";
  const [first, ...others] = paragraphs(say(language, isWhole ? "doneWhole" : "donePart"));
  const parts: HTMLElement[] = [element("strong", {}, first as HTMLElement), ...others];
  if (!isWhole) {
    parts.push(element("ul", {}, ...report.notWhole.map((item) => element("li", {}, lineOf(item, language)))));
    parts.push(...paragraphs(say(language, "tryAgain")));
  }
  const names = made.names.join(", ");
  const values = { names, size: humanSize(made.bytes), bytes: String(made.bytes) };
  if (made.download !== undefined) {
    parts.push(...paragraphs(say(language, "madeDownload", values)),
               downloadLink(made.download, names, say(language, "saveAgain")));
  } else {
    parts.push(...paragraphs(say(language, names.endsWith(".tar") ? "madeFile" : "madeFolder", values)));
  }
  parts.push(...paragraphs(say(language, "handOver")),
             element("pre", { className: "command" }, `muniment deposit ARCHIVE ${made.names.join(" ")}`));
  fill("result-text", ...parts);
  show("stays", true);
}

/** Puts the outcome on the page, again whenever the language changes. */
export function showOutcome(outcome: Outcome, language: Language): void {
  show("outcome", true);
  if (outcome.kind === "failed") showFailure(outcome, language);
  else showSealed(outcome, language);
}
