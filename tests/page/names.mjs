// Names in bags as the page of a card makes them: node names.mjs PACKAGES SOURCES COMMAND. The commands are those of
// tests/tools/bag_names.cc; "fronts" besides prints headers of tar files that
// no disk here holds, from JSON on standard input.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packages, sources, command] = process.argv.slice(2);
const esbuild = await import(pathToFileURL(path.join(packages, "esbuild", "lib", "main.js")).href);

async function load(name) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(sources, name)], bundle: true, write: false, format: "esm", nodePaths: [packages],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const print = (lines) => process.stdout.write(lines.map((line) => `${line}\n`).join(""));

if (command === "paths") {
  const { NameTable } = await load("names.ts");
  const names = new NameTable();
  print(fs.readFileSync(0, "utf8").split("\0").slice(0, -1).map((name) => names.add(name)));
} else if (command === "folds") {
  const { foldCase } = await load("names.ts");
  const lines = [];
  for (let point = 0x20; point < 0x110000; point++) {
    if (point < 0xd800 || point > 0xdfff) lines.push(`${point.toString(16)} ${foldCase(String.fromCodePoint(point))}`);
  }
  print(lines);
} else if (command === "padme") {
  const { padme } = await load("padme.ts");
  const lines = [];
  for (let exponent = 1; exponent < 50; exponent++) {
    for (const beside of [-1, 0, 1, 12345]) lines.push(padme(2 ** exponent + beside, 2));
  }
  print(lines);
} else if (command === "fronts") {
  const { renderFront } = await load("tar.ts");
  print(JSON.parse(fs.readFileSync(0, "utf8")).map(([name, size, modified]) =>
    Buffer.from(renderFront(name, size, modified)).toString("hex")));
}
