// npm's slip39 as a command: reads {passphrase, shares} or {passphrase, secret, extendable, exponent, threshold, groups}
// as JSON from standard input and writes the secret in hexadecimal, or one share a line: node slip39.mjs PACKAGE-FOLDER.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const module = await import(pathToFileURL(path.join(process.argv[2], "index.js")).href);
const slip39 = module.default;
const job = JSON.parse(fs.readFileSync(0, "utf-8"));
if (job.shares) {
  const secret = slip39.recoverSecret(job.shares, job.passphrase);
  console.log(Buffer.from(secret).toString("hex"));
} else {
  const made = slip39.fromArray(Array.from(Buffer.from(job.secret, "hex")), {
    passphrase: job.passphrase,
    threshold: job.threshold,
    groups: job.groups.map(([threshold, count]) => [threshold, count, "group"]),
    iterationExponent: job.exponent,
    extendableBackupFlag: job.extendable ? 1 : 0,
  });
  made.root.mnemonics.forEach((mnemonic) => console.log(mnemonic));
}
