// Drives a browser over the page of a card: node drive.mjs PACKAGES, with a JSON document a line on both sides.
//
// PACKAGES is a folder node_modules with puppeteer-core. The first line says which browser, with which profile; each
// further one is a job of steps, answered by what each step found, in order. The browser ends with the last line.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const packages = process.argv[2];
const entry = path.join(packages, "puppeteer-core", "lib", "esm", "puppeteer", "puppeteer-core.js");
const { default: puppeteer } = await import(pathToFileURL(entry).href);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => {
  const { value, done } = await lines.next();
  return done ? null : JSON.parse(value);
};
const setting = await next();
const TIMEOUT_MS = 280_000;

const browser = await puppeteer.launch({
  browser: setting.browser,
  executablePath: setting.executable,
  headless: true,
  userDataDir: setting.profile,
  protocolTimeout: TIMEOUT_MS,
  args: setting.browser === "chrome" ? ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"] : [],
  extraPrefsFirefox: {
    "browser.download.folderList": 2,
    "browser.download.dir": setting.downloads,
    "browser.download.useDownloadDir": true,
    "browser.download.always_ask_before_handling_new_types": false,
  },
});

function answer(outcome, then = () => {}) {
  process.stdout.write(JSON.stringify(outcome) + "\n", then);
}
let found; // by the steps so far
let complaints; // of the page's own scripts and of its policy
let page; // the newest tab
const fail = (error) => answer({ found, complaints, error }, () => process.exit(1));
browser.on("disconnected", () => fail("the browser has ended"));

async function newTab() {
  await page?.close();
  page = await browser.newPage();
  const complain = (text) => {
    // A browser asks a server for an icon of its own accord; files have none.
    if (!text.includes("/favicon.ico")) complaints.push(text);
  };
  page.on("pageerror", (error) => complain(String(error)));
  page.on("console", (message) => { if (message.type() === "error") complain(message.text()); });
}

const shown = (id) => page.$eval(`#${id}`, (found) => (found.checkVisibility() ? found.innerText.trim() : null));

async function chooseFiles(id, files) {
  const input = await page.$(`#${id}-input`);
  const sum = await page.$eval("#files-sum", (found) => found.textContent);
  await input.uploadFile(...files);
  // A browser looks through a folder on its own time.
  await page.waitForFunction((before) => document.getElementById("files-sum").textContent !== before, {}, sum);
}

/** A file of /proc; empty when the process has ended meanwhile. */
function ofProcess(pid, name) {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** Memory of the browser's processes, in KiB: what is theirs alone, and what they share among them once. */
function memory() {
  const parents = new Map();
  for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)) {
    const stat = ofProcess(pid, "stat");
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const root = browser.process().pid;
  let all = 0;
  for (const pid of parents.keys()) {
    let at = pid;
    while (at > 1 && at !== root) at = parents.get(at) ?? 0;
    if (at === root) all += Number(/^Pss:\s+(\d+)/m.exec(ofProcess(pid, "smaps_rollup"))?.[1] ?? 0);
  }
  return all;
}

const STEPS = {
  "open-blank": async () => {
    await newTab();
    await page.goto("about:blank");
  },
  // `before` is run before the page's own script: for what a browser lacks or has.
  open: async ({ url, languages, width, before }) => {
    await newTab();
    await page.setViewport({ width, height: 900 });
    await page.evaluateOnNewDocument(`Object.defineProperty(navigator, "languages",
      { get: () => ${JSON.stringify(languages)}, configurable: true }); ${before}`);
    await page.goto(url);
    await page.waitForFunction(() => document.getElementById("too-old").hidden, { timeout: 20_000 });
  },
  shell: ({ script }) => { // what happens outside meanwhile
    execFileSync("sh", [script]);
  },
  run: ({ script }) => page.evaluate(script),
  files: ({ files }) => chooseFiles("choose-files", files),
  // Firefox lets no driver choose a folder: there its files are chosen, and told where they lie.
  folder: async ({ folder }) => {
    if (setting.browser === "chrome") return chooseFiles("choose-folder", [folder]);
    const names = fs.readdirSync(folder, { recursive: true })
      .filter((name) => fs.statSync(path.join(folder, name)).isFile());
    const base = path.basename(folder);
    const places = Object.fromEntries(names.map((name) => [path.basename(name), path.join(base, name)]));
    await page.evaluate((known) => {
      Object.defineProperty(File.prototype, "webkitRelativePath", { get() { return known[this.name] ?? ""; } });
    }, places);
    return chooseFiles("choose-files", names.map((name) => path.join(folder, name)));
  },
  answer: async ({ question, text }) => {
    await page.type(`#answer-${question}`, text);
  },
  tick: () => page.click("#anyway"),
  press: ({ id }) => page.click(`#${id}`),
  text: ({ id }) => shown(id),
  size: ({ width, height }) => page.setViewport({ width, height: height ?? 900 }),
  widest: () => page.evaluate(() => document.documentElement.scrollWidth),
  outcome: async () => {
    const before = memory();
    let peak = before;
    const watch = setInterval(() => { peak = Math.max(peak, memory()); }, 500);
    const from = Date.now();
    await page.waitForFunction(() => !document.getElementById("outcome").hidden, { timeout: TIMEOUT_MS });
    clearInterval(watch);
    const kind = await page.$eval("#result", (found) => found.className);
    return { kind, text: await shown("result-text"), grownKib: peak - before, seconds: (Date.now() - from) / 1000 };
  },
  sent: async () => {
    await page.waitForFunction(() => document.querySelectorAll("#send-where li").length ===
      document.querySelectorAll("#send-result li").length, { timeout: TIMEOUT_MS });
    return page.$$eval("#send-result li", (lines) => lines.map((line) => [line.className, line.innerText]));
  },
  // A download is whole when its name and its size are what the page says.
  download: async ({ timeout_s: seconds = 120 }) => {
    const name = await page.$eval("#download", (link) => link.download);
    const file = path.join(setting.downloads, name);
    for (let waited = 0; waited < seconds * 10; waited++) {
      const isThere = fs.existsSync(file) && !fs.existsSync(`${file}.part`) && !fs.existsSync(`${file}.crdownload`);
      if (isThere && fs.statSync(file).size > 0) {
        const { size } = fs.statSync(file);
        await new Promise((resolve) => setTimeout(resolve, 300));
        if (fs.statSync(file).size === size) return { file, size };
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${file} was not saved`);
  },
  picture: async ({ file }) => {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 200))));
    await page.screenshot({ path: file, fullPage: true });
  },
};

async function run(steps) {
  found = [];
  complaints = [];
  const late = setTimeout(() => fail("the steps took too long"), 2 * TIMEOUT_MS);
  try {
    for (const { step, ...rest } of steps) found.push((await STEPS[step](rest)) ?? null);
    return { found, complaints };
  } catch (error) {
    return { found, complaints, error: String(error?.stack ?? error) };
  } finally {
    clearTimeout(late);
    await page?.close().catch(() => {});
    page = undefined;
  }
}

if (setting.browser === "chrome") {
  const session = await browser.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: setting.downloads });
}
for (let steps = await next(); steps; steps = await next()) answer(await run(steps));
browser.removeAllListeners("disconnected");
const isClosed = await Promise.race([
  browser.close().then(() => true), new Promise((resolve) => setTimeout(resolve, 10_000, false))]);
if (!isClosed) console.error("the browser did not close within ten seconds");
browser.process()?.kill("SIGKILL");
process.exit(0);
