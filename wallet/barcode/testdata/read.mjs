// Reads the codes of pictures with ZXing, as the till does: read.mjs MODULES PICTURE...
// prints what each says, a line each.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, ...pictures] = process.argv.slice(2);
const folder = join(modules, "zxing-wasm", "dist");
const { prepareZXingModule, readBarcodes } = await import(pathToFileURL(join(folder, "es", "reader", "index.js")));
prepareZXingModule({ overrides: { wasmBinary: readFileSync(join(folder, "reader", "zxing_reader.wasm")).buffer } });
for (const picture of pictures) {
	const found = await readBarcodes(new Uint8Array(readFileSync(picture)), { formats: ["PDF417"], tryHarder: true });
	console.log(found.map((code) => code.text).join("\t"));
}
