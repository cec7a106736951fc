// npm's age-encryption at the command line, for hybrid keys only:
//
//   node age_hybrid.mjs PACKAGES new KEYFILE               writes a new key, prints its recipient
//   node age_hybrid.mjs PACKAGES recipient KEYFILE         prints the recipient of a key
//   node age_hybrid.mjs PACKAGES seal PLAIN FILE RECIPIENT…
//   node age_hybrid.mjs PACKAGES open KEYFILE FILE PLAIN   FILE armoured or not
//
// PACKAGES is the folder node_modules.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packages, command, ...names] = process.argv.slice(2);
const age = await import(pathToFileURL(path.join(packages, "age-encryption", "dist", "index.js")).href);
const keyIn = (name) => fs.readFileSync(name, "utf8").trim();

if (command === "new") {
  const key = await age.generateHybridIdentity();
  fs.writeFileSync(names[0], key + "\n");
  console.log(await age.identityToRecipient(key));
} else if (command === "recipient") {
  console.log(await age.identityToRecipient(keyIn(names[0])));
} else if (command === "seal") {
  const [plain, file, ...recipients] = names;
  const encrypter = new age.Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  fs.writeFileSync(file, await encrypter.encrypt(fs.readFileSync(plain)));
} else if (command === "open") {
  const [key, file, plain] = names;
  const decrypter = new age.Decrypter();
  decrypter.addIdentity(keyIn(key));
  const bytes = fs.readFileSync(file);
  const armored = bytes.subarray(0, 10).toString() === "-----BEGIN";
  fs.writeFileSync(plain, await decrypter.decrypt(armored ? age.armor.decode(bytes.toString()) : bytes));
} else {
  throw new Error(`no command ${command}`);
}
