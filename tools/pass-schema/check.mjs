// Checks files pass.json by the rules of passkit-generator, a library that others
// wrote: node check.mjs FILE... Says what is wrong and then fails.
import { readFile } from "node:fs/promises";
import { PassProps } from "./node_modules/passkit-generator/lib/esm/schemas/index.js";

// What Apple requires at the top of every pass; the library asks for it only when it
// puts passes together itself.
const required = [
  "description", "formatVersion", "organizationName", "passTypeIdentifier", "serialNumber", "teamIdentifier", "storeCard",
];

let wrong = 0;
const complain = (path, what) => {
  console.error(`${path}: ${what}`);
  wrong++;
};

for (const path of process.argv.slice(2)) {
  const pass = JSON.parse(await readFile(path, "utf8"));
  for (const name of required) {
    if (pass[name] === undefined) complain(path, `${name} is missing`);
  }
  const { error } = PassProps.validate(pass, { abortEarly: false, convert: false });
  for (const detail of error?.details ?? []) complain(path, detail.message);
}
if (process.argv.length < 3) complain("check.mjs", "no file was given");
process.exit(wrong === 0 ? 0 : 1);
