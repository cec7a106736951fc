// Bundles the page into one file: node build.mjs TARGET VERSION. Run where node_modules is (cmake/page.cmake copies
// the sources there). What `muniment card` puts in later stays as {{mirrors}}, {{card}} and {{made}}.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const [target, version] = process.argv.slice(2);
const packages = new Set(); // what the bundle has parts of

async function bundle(entry, define) {
  const result = await build({
    entryPoints: [join("src", entry)],
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: "iife",
    charset: "utf8",
    legalComments: "none", // the licences stand in the page as texts
    target: ["es2020"],
    define: { VERSION: JSON.stringify(version), ...define },
  });
  for (const input of Object.keys(result.metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return result.outputFiles[0].text.trim();
}

function licences() {
  return [...packages].sort().map((name) => {
    const { version: found } = JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
    return `${name} ${found}\n\n${readFileSync(join("node_modules", name, "LICENSE"), "utf8").trim()}\n`;
  }).join("\n\n");
}

const hashOf = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const worker = await bundle("worker.ts", {});
const script = await bundle("main.ts", { WORKER_SOURCE: JSON.stringify(worker) });
const style = readFileSync("style.css", "utf8");
const policy = [
  "default-src 'none'", `script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`, "worker-src blob:", "connect-src {{mirrors}}",
  "base-uri 'none'", "form-action 'none'",
].join("; ");

const values = { policy, style, script, licences: escaped(licences()) };
const page = readFileSync("index.html", "utf8")
  .replace(/\{\{(policy|style|script|licences)\}\}/g, (_, name) => values[name]);
writeFileSync(target, page);
