// The page: choose, answer, seal, hand over.
import { randomHex } from "./bytes.ts";
import { type Card, clockState, parseCard, renderForm } from "./card.ts";
import { FORM_PATH, nameInPaths, type Question, QUESTIONS, sizeOf, sourceOf } from "./chosen.ts";
import { byId, element, fill, show } from "./dom.ts";
import { showOutcome } from "./outcome.ts";
import { Run } from "./run.ts";
import { SendBox } from "./sending.ts";
import { inOrder, type Source, withUniquePaths } from "./seal.ts";
import { DownloadSink, type FileHandle, FileSink, type FolderHandle, FolderSink, type Sink } from "./sinks.ts";
import {
  humanSize, isLanguage, type Language, LANGUAGES, preferredLanguage, say, type TextKey,
} from "./texts/index.ts";

declare const VERSION: string; // put here by build.mjs

const LISTED_MAX = 200;
const LARGE_DOWNLOAD = 2 ** 31;

// Chromium's ways to write to a disk; other browsers have neither.
interface Pickers {
  showDirectoryPicker?: (options: { mode: string }) => Promise<FolderHandle>;
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileHandle>;
}
const pickers = window as unknown as Pickers;

const made = byId("made").textContent ?? "";
let card: Card | undefined = undefined;
let language: Language = preferredLanguage(navigator.languages);
let chosen: Source[] = [];
let run: Run | undefined = undefined;
let redraw: () => void = () => undefined; // what only the last step has put on the page

function text(key: TextKey, values: Record<string, string> = {}): string {
  return say(language, key, values);
}

function answerTo(question: Question): string {
  return byId<HTMLTextAreaElement>(`answer-${question}`).value;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** What this browser lacks, or nothing. */
function missing(): string | undefined {
  const needed: [string, boolean][] = [
    ["Worker", typeof Worker === "function"],
    ["Streams", typeof ReadableStream === "function" && typeof TransformStream === "function"],
    ["Blob.arrayBuffer", typeof Blob.prototype.arrayBuffer === "function"],
    ["BigInt", typeof BigInt === "function"],
  ];
  return needed.find(([, isThere]) => !isThere)?.[0];
}

function drawLanguages(): void {
  fill("languages", ...Object.entries(LANGUAGES).map(([tag, name]) => {
    const button = element("button", { type: "button", lang: tag }, name);
    button.setAttribute("aria-pressed", String(tag === language));
    button.onclick = () => {
      if (isLanguage(tag)) language = tag;
      draw();
    };
    return button;
  }));
}

function drawCard(): void {
  if (card === undefined) return;
  fill("words", ...card.words.split(" ").map((word) => element("li", {}, word)));
  fill("archive-id", card.archive.replace(/(.{8})/g, "$1 ").trim());
  fill("compartment", `${card.compartment} — ${text("compartmentWhy")}`);
  fill("expires", card.expires);
  fill("seal-kind", text(card.isHybrid ? "hybrid" : "classic"));
}

/** Warnings that a person may override, and troubles that nobody can. */
function drawWarnings(): void {
  const lacks = missing();
  let trouble = "";
  if (!crypto.subtle) trouble = text("notSecure");
  else if (lacks !== undefined) trouble = text("oldBrowser", { what: lacks });
  else if (card === undefined) trouble = text("damaged");
  fill("trouble", trouble);
  show("trouble", trouble !== "");
  const state = card === undefined ? "fine" : clockState(card.expires, made, Date.now());
  show("warning", state !== "fine");
  if (card !== undefined && state !== "fine") {
    fill("warning-text", text(state, { date: card.expires, made, now: today() }));
  }
}

function drawFiles(): void {
  const listed = chosen.slice(0, LISTED_MAX).map((source, at) => {
    const button = element("button", { type: "button" }, text("remove"));
    button.onclick = () => {
      chosen.splice(at, 1);
      drawFiles();
    };
    return element("li", {}, element("bdi", {}, source.path),
                   element("span", { className: "size" }, humanSize(source.file.size)), button);
  });
  if (chosen.length > LISTED_MAX) {
    listed.push(element("li", {}, text("more", { count: String(chosen.length - LISTED_MAX) })));
  }
  fill("files", ...listed);
  const sum = { count: String(chosen.length), size: humanSize(sizeOf(chosen)) };
  fill("files-sum", text(chosen.length === 0 ? "noFiles" : "filesSum", sum));
  show("remove-all", chosen.length > 1);
  const isLarge = pickers.showSaveFilePicker === undefined && sizeOf(chosen) > LARGE_DOWNLOAD;
  fill("large", isLarge ? text("large", { size: humanSize(LARGE_DOWNLOAD) }) : "");
  show("large", isLarge);
  drawNameWarning();
}

function drawNameWarning(): void {
  const word = nameInPaths([answerTo("who"), answerTo("interviewer")], chosen);
  fill("name-in-path", word === undefined ? "" : text("nameInPath", { word }));
  show("name-in-path", word !== undefined);
}

function drawQuestions(): void {
  for (const question of QUESTIONS) {
    fill(`question-${question}`, text(question));
    const hints: Partial<Record<Question, TextKey>> = { who: "whoHint", consent: "consentHint" };
    const hint = hints[question];
    if (hint !== undefined) fill(`hint-${question}`, text(hint));
  }
}

function draw(): void {
  document.documentElement.lang = language;
  document.title = text("title");
  for (const part of document.querySelectorAll<HTMLElement>("[data-text]")) {
    part.textContent = text(part.dataset["text"] as TextKey, { version: VERSION, made });
  }
  drawLanguages();
  drawCard();
  drawWarnings();
  drawQuestions();
  drawFiles();
  redraw();
}

function makeQuestions(): void {
  fill("questions", ...QUESTIONS.map((question) => {
    const rows = question === "consent" || question === "risks" ? 4 : 2;
    const box = element("textarea", { id: `answer-${question}`, rows });
    box.autocomplete = "off"; // what browsers keep of a form goes to a disk
    box.spellcheck = false; // some send what is checked
    box.oninput = drawNameWarning;
    return element("label", {}, element("span", { id: `question-${question}`, className: "question" }),
                   element("small", { id: `hint-${question}` }), box);
  }));
}

/** The form first, then the files in the order of `muniment seal`. */
function sourcesToSeal(): Source[] {
  const answers = QUESTIONS.map((key) => ({ key, question: text(key), answer: answerTo(key) }));
  const now = new Date();
  const form = renderForm(answers, now, language);
  const files = inOrder(chosen);
  if (form === undefined) return withUniquePaths(files);
  const source = { path: FORM_PATH, file: new Blob([form]), modifiedMs: now.getTime(), defects: [] };
  return withUniquePaths([source, ...files]);
}

async function seal(chooseSink: () => Promise<Sink>): Promise<void> {
  const sources = sourcesToSeal();
  const isBlocked = missing() !== undefined || !crypto.subtle; // and the page says so
  const isWarned = !byId("warning").hidden && !byId<HTMLInputElement>("anyway").checked;
  const hint = sources.length === 0 ? "nothingToSeal" : isWarned ? "sealAnyway" : undefined;
  redraw = () => fill("hint", hint === undefined ? "" : text(hint));
  redraw();
  if (card === undefined || isBlocked || hint !== undefined) return;
  let sink: Sink;
  try {
    sink = await chooseSink();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return; // the person chose nothing
    showOutcome({ kind: "failed", error, leftovers: [] }, language);
    return;
  }
  const target = { archive: card.archive, compartment: card.compartment, recipient: card.recipient,
                   tool: `muniment-page ${VERSION}` };
  await work(sink, target, sources);
}

async function work(sink: Sink, target: Parameters<Run["seal"]>[0], sources: Source[]): Promise<void> {
  const all = sizeOf(sources);
  let done = 0;
  let isChecking = false;
  redraw = () => {
    byId<HTMLProgressElement>("progress").max = Math.max(all, 1);
    byId<HTMLProgressElement>("progress").value = done;
    const sizes = { done: humanSize(done), all: humanSize(all) };
    fill("progress-text", isChecking ? text("checking") : text("working", sizes));
  };
  run = new Run(sink, {
    onProgress: (bytes) => { done = bytes; redraw(); },
    onChecking: () => { isChecking = true; redraw(); },
  });
  show("prepare", false);
  show("working", true);
  byId("working").scrollIntoView();
  redraw();
  window.onbeforeunload = (event) => event.preventDefault();
  try {
    const finished = await run.seal(target, sources);
    const outcome = { kind: "sealed", ...finished } as const;
    const box = new SendBox(card?.mirrors ?? [], finished.made.objects, language);
    redraw = () => {
      showOutcome(outcome, language);
      box.draw(language);
    };
  } catch (error) {
    let leftovers: string[] = [];
    try {
      await sink.abandon();
    } catch {
      leftovers = sink.names();
    }
    redraw = () => showOutcome({ kind: "failed", error, leftovers }, language);
  }
  run = undefined;
  window.onbeforeunload = null;
  show("working", false);
  redraw();
  byId("outcome").scrollIntoView();
}

function startAnew(): void {
  for (const question of QUESTIONS) byId<HTMLTextAreaElement>(`answer-${question}`).value = "";
  location.reload();
}

function connect(): void {
  for (const id of ["choose-files", "choose-folder"]) {
    const input = byId<HTMLInputElement>(`${id}-input`);
    byId(id).onclick = () => input.click();
    input.onchange = () => {
      chosen.push(...Array.from(input.files ?? [], sourceOf));
      input.value = ""; // the same files can be chosen again
      drawFiles();
    };
  }
  byId("remove-all").onclick = () => {
    chosen = [];
    drawFiles();
  };
  const name = (): string => `sealed-${today()}-${randomHex(4)}.tar`;
  const { showDirectoryPicker, showSaveFilePicker } = pickers;
  show("to-folder-box", showDirectoryPicker !== undefined);
  if (showDirectoryPicker !== undefined) {
    byId("to-folder").onclick = () => void seal(async () => {
      return new FolderSink(await showDirectoryPicker({ mode: "readwrite" }));
    });
  }
  byId("to-file").onclick = () => void seal(async () => {
    if (showSaveFilePicker === undefined) return new DownloadSink(name());
    return FileSink.begin(await showSaveFilePicker({ suggestedName: name() }));
  });
  byId("cancel").onclick = () => run?.cancel();
  byId("again").onclick = startAnew;
}

/** Where the page's own policy lets it send. */
function reachable(): string[] {
  const policy = document.querySelector<HTMLMetaElement>("meta[http-equiv]")?.content ?? "";
  return /connect-src ([^;]*)/.exec(policy)?.[1]?.split(" ") ?? [];
}

async function start(): Promise<void> {
  makeQuestions();
  connect();
  card = await parseCard(byId("card").textContent ?? "", reachable()).catch(() => undefined); // drawWarnings() says so
  show("too-old", false);
  show("page", true);
  draw();
}

void start();
