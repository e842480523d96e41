// The pass designer: what is chosen is seen at once, kept, and on the pass that a customer
// downloads. LEIMA_PICTURES names a folder for pictures of it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { violations, wide as allWide } from "./looks.mjs";
import { base, demo, desk, newCustomer, owner, phone, smallPhone, stamp } from "./world.mjs";

const locales = ["en", "fi", "sv", "pl", "fr", "de", "ru"];
const room = `/passes/${demo.program_id}`;

/** What is cut off in the room; the frame around it hides words on purpose. */
const wide = async (page) => (await allWide(page)).filter((name) => !name.startsWith("SPAN.words "));

/** Returns the files of a pass. Nothing in it is compressed. */
function unpacked(pass) {
	const files = {};
	for (let at = 0; pass.readUInt32LE(at) === 0x04034b50;) {
		const [size, name, extra] = [pass.readUInt32LE(at + 18), pass.readUInt16LE(at + 26), pass.readUInt16LE(at + 28)];
		const start = at + 30 + name + extra;
		files[pass.subarray(at + 30, at + 30 + name).toString()] = pass.subarray(start, start + size);
		at = start + size;
	}
	return files;
}

async function download(page, card) {
	const answer = await page.request.get(`${base}/v1/cards/${card.id}/pass.pkpass`);
	assert.equal(answer.status(), 200);
	const files = unpacked(await answer.body());
	return { document: JSON.parse(files["pass.json"].toString()), strip: files["strip@2x.png"].toString("base64") };
}

/** Waits until the strip of the preview is another than before, and returns it. */
async function stripAfter(page, before) {
	await page.waitForFunction((was) => {
		const image = document.querySelector(".pass-strip img");
		return image && image.complete && image.naturalWidth === 750 && image.src !== was;
	}, before);
	return page.locator(".pass-strip img").getAttribute("src");
}

async function shot(page, name) {
	if (process.env.LEIMA_PICTURES) {
		await page.screenshot({ path: join(process.env.LEIMA_PICTURES, `${name}.png`), fullPage: true });
	}
}

/** Puts the design back as it is without one, so that other stories find the demo as it was. */
async function reset(page) {
	const address = `${base}/v1/programs/${demo.program_id}/pass-design`;
	const now = await page.request.get(address);
	const answer = await page.request.put(address, {
		headers: { "If-Match": now.headers().etag, "Sec-Fetch-Site": "same-origin" },
		data: { colors: {}, icon: "tick", rows: 0, barcode: "qr", front: ["next", "rewards", "holder"], artwork: {} },
	});
	assert.equal(answer.status(), 200);
}

test("a design is changed, seen, saved, on the downloaded pass, and taken back", async (t) => {
	const page = await owner(t, room, desk);
	await page.getByRole("heading", { level: 1, name: "Pass designer" }).waitFor();
	await reset(page);
	await page.reload();
	const card = await newCustomer();
	await stamp(card, 3);
	const before = await download(page, card);

	const slider = page.getByRole("slider");
	await slider.fill("3");
	let strip = await stripAfter(page, "");
	await page.getByLabel("Background", { exact: true }).fill("#101820");
	await page.getByLabel("Text", { exact: true }).fill("#203040");
	await page.getByText(/Hard to read: contrast 1\.\d to 1/).first().waitFor();
	await page.getByLabel("Text", { exact: true }).fill("#fee715");
	await page.getByText(/Hard to read/).waitFor({ state: "detached" });
	await page.getByLabel("Stamp", { exact: true }).selectOption("heart");
	await page.getByLabel("Rows of stamps").selectOption("1");
	await page.getByLabel("Code for the till").selectOption("pdf417");
	await page.getByLabel("Place 1").selectOption("holder");
	await page.waitForFunction(() => getComputedStyle(document.querySelector(".pass")).backgroundColor === "rgb(16, 24, 32)");
	strip = await stripAfter(page, strip);
	await shot(page, "designer changed");

	// Leaving would lose it.
	await page.getByRole("link", { name: "Staff" }).click();
	await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Stay here" }).click();

	// The strip of the preview, with three stamps and settled, is that of the pass.
	await slider.fill("4");
	strip = await stripAfter(page, strip);
	await slider.fill("3");
	strip = await stripAfter(page, strip);
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByText("Phones get the new look within minutes").waitFor();
	const after = await download(page, card);
	assert.equal(after.document.backgroundColor, "rgb(16, 24, 32)");
	assert.equal(after.document.foregroundColor, "rgb(254, 231, 21)");
	assert.equal(after.document.barcodes[0].format, "PKBarcodeFormatPDF417");
	assert.equal(after.document.storeCard.secondaryFields[0].key, "holder");
	assert.notEqual(after.strip, before.strip);
	assert.equal(`data:image/png;base64,${after.strip}`, strip);

	await page.getByRole("button", { name: "Back to the previous design" }).click();
	await page.getByText("This is the previous design").waitFor();
	assert.equal(await page.getByLabel("Background", { exact: true }).inputValue(), "");
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
	const back = await download(page, card);
	assert.equal(back.document.backgroundColor, before.document.backgroundColor);
	assert.equal(back.strip, before.strip);
});

test("pictures of one's own are on the strip, and others are refused with a sentence", async (t) => {
	const page = await owner(t, room, desk);
	await reset(page);
	await page.reload();
	let strip = await stripAfter(page, "");
	const picture = await page.locator(".pass").first().screenshot();
	for (const [id, name] of [["#artwork-stamp", "stamp.png"], ["#artwork-backdrop", "backdrop.png"]]) {
		await page.setInputFiles(id, { name, mimeType: "image/png", buffer: picture });
		strip = await stripAfter(page, strip);
	}
	await shot(page, "designer pictures");
	await page.setInputFiles("#artwork-empty", { name: "moving.gif", mimeType: "image/gif", buffer: Buffer.from("GIF89a") });
	await page.getByText("Only PNG and JPEG pictures can be used.").waitFor();
	await page.setInputFiles("#artwork-empty", { name: "script.png", mimeType: "image/png", buffer: Buffer.from("<svg><script>alert(1)</script></svg>") });
	await page.getByRole("alert").filter({ hasNotText: "Only PNG and JPEG pictures can be used." }).waitFor();
	await page.getByRole("button", { name: "Remove Stamped place" }).click();
	await stripAfter(page, strip);
	await page.getByRole("button", { name: "Discard" }).click();
});

for (const [name, options] of Object.entries({
	"desk": desk, "desk, dark": { ...desk, colorScheme: "dark" }, "phone": phone, "small phone": smallPhone, "small phone, dark": { ...smallPhone, colorScheme: "dark" },
})) {
	test(`the designer reads well: ${name}`, async (t) => {
		const page = await owner(t, room, options);
		await stripAfter(page, "");
		for (const view of ["apple", "apple_back", "google", "google_back"]) {
			await page.getByLabel("What is shown").selectOption(view);
			assert.deepEqual(await wide(page), [], view);
			assert.deepEqual(await violations(page), [], view);
			await shot(page, `designer ${name} ${view}`);
		}
	});
}

test("the designer speaks seven languages on a small phone", async (t) => {
	const page = await owner(t, room, smallPhone);
	for (const locale of locales) {
		await page.goto(`${base}/console${room}?lang=${locale}`);
		await stripAfter(page, "");
		assert.deepEqual(await wide(page), [], locale);
		await shot(page, `designer ${locale}`);
	}
});

test("a branch is put where the device is, or where a map says", async (t) => {
	const page = await owner(t, "/locations/new", smallPhone);
	await page.context().grantPermissions(["geolocation"], { origin: base });
	await page.context().setGeolocation({ latitude: 61.498051, longitude: 23.760972 });
	const name = `Tammerkoski ${Date.now()}`;
	await page.getByLabel("Name").fill(name);
	await page.getByRole("button", { name: "Use where I am" }).click();
	await page.waitForFunction(() => document.querySelector(".place input")?.value === "61.49805");
	assert.equal(await page.getByLabel("Longitude").inputValue(), "23.76097");
	await page.getByLabel("Latitude").fill("95");
	await page.getByText("A number from -90 to 90").waitFor();
	assert.deepEqual(await wide(page), []);
	assert.deepEqual(await violations(page), []);
	await shot(page, "place");
	await page.getByLabel("Latitude").fill("60.16988, 24.93841");
	assert.equal(await page.getByLabel("Longitude").inputValue(), "24.93841");
	await page.getByRole("button", { name: "Add a branch" }).click();
	await page.getByRole("heading", { level: 1, name: "Locations" }).or(page.getByRole("heading", { level: 1, name: "Branches" })).waitFor();
	const { data } = await (await page.request.get(`${base}/v1/locations?limit=200`)).json();
	assert.deepEqual(data.find((l) => l.name === name).coordinates, { latitude: "60.16988", longitude: "24.93841" });
});
