// Writes the files of npm's cctv-age into a folder: node write_vectors.mjs PACKAGE-FOLDER TARGET.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packageFolder, target] = process.argv.slice(2);
const vectors = await import(pathToFileURL(path.join(packageFolder, "index.js")).href);
fs.mkdirSync(target, { recursive: true });
for (const [name, bytes] of Object.entries(vectors.default ?? vectors)) {
  fs.writeFileSync(path.join(target, path.basename(name)), bytes);
}
