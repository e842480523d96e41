// The till reads what wallets show: the code on a pass for Apple, by camera and by scanner.
// What Google Wallet shows of a rotating code is in rotating.test.mjs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { seeing, symbolOf } from "./camera.mjs";
import { cashier, entries, newCustomer, outcome, pair, phone, scan, text, visitor } from "./world.mjs";

/** Apple's names of codes, as those who draw them call them. */
const FORMATS = { PKBarcodeFormatQR: "QRCode", PKBarcodeFormatAztec: "Aztec", PKBarcodeFormatPDF417: "PDF417", PKBarcodeFormatCode128: "Code128" };

/** What the pass of a card says: pass.json, which stands in the file as it is (APPNOTE 4.3.7). */
async function passOf(card) {
	const response = await fetch(card.link + "/pass.pkpass");
	assert.equal(response.status, 200);
	const file = Buffer.from(await response.arrayBuffer());
	for (let at = 0; file.readUInt32LE(at) === 0x04034b50;) {
		const [size, name, extra] = [file.readUInt32LE(at + 18), file.readUInt16LE(at + 26), file.readUInt16LE(at + 28)];
		const data = at + 30 + name + extra;
		if (file.toString("utf8", at + 30, at + 30 + name) === "pass.json") {
			assert.equal(file.readUInt16LE(at + 8), 0, "it is not compressed");
			return JSON.parse(file.toString("utf8", data, data + size));
		}
		at = data + size;
	}
	throw new Error("no pass.json in the pass");
}

test("the camera reads the code on a pass, and the stamp is on the card", async (t) => {
	const card = await newCustomer({ first_name: "Lompakko" });
	const [barcode] = (await passOf(card)).barcodes;
	const till = await visitor(t, { ...phone, browser: await seeing(t, await symbolOf(FORMATS[barcode.format], barcode.message)), permissions: ["camera"] });
	await pair(t, till);
	await till.getByRole("button", { name: "Scan with the camera" }).click();
	await till.locator("#who", { hasText: "Lompakko" }).waitFor({ timeout: 30_000 });
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");
	assert.equal((await entries(card)).length, 1);
	assert.match((await passOf(card)).storeCard.headerFields[0].value, /^1\//, "and on the next pass");
});

test("a scanner that types reads the code on a pass", async (t) => {
	const card = await newCustomer({ first_name: "Lompakko", last_name: "Lukija" });
	const till = await cashier(t);
	await scan(till, (await passOf(card)).barcodes[0].message);
	assert.equal(await text(till, "#who"), "Lompakko L.");
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");
	assert.equal((await entries(card)).length, 1);
});
