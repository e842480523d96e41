import assert from "node:assert/strict";
import { test } from "node:test";
import { qrOf, seeing, symbolOf, withCameras } from "./camera.mjs";
import { base, newCustomer, openCard, outcome, pair, phone, signIn, text, visitor } from "./world.mjs";

for (const format of ["Aztec", "Code128"]) {
	test(`the camera reads a card's code as ${format}`, async (t) => {
		const card = await newCustomer({ first_name: format });
		const till = await visitor(t, { ...phone, browser: await seeing(t, await symbolOf(format, card.code)), permissions: ["camera"] });
		await pair(t, till);
		await till.getByRole("button", { name: "Scan with the camera" }).click();
		await till.locator("#who", { hasText: format }).waitFor({ timeout: 30_000 });
	});
}

test("the camera reads EAN-13, which is no card of this shop", async (t) => {
	const till = await visitor(t, { ...phone, browser: await seeing(t, await symbolOf("EAN13", "6411401015090")), permissions: ["camera"] });
	await pair(t, till);
	const asked = till.waitForRequest((r) => r.url().endsWith("/v1/scans"), { timeout: 30_000 });
	await till.getByRole("button", { name: "Scan with the camera" }).click();
	assert.equal((await asked).postDataJSON().code, "6411401015090");
	await outcome(till, "unknown", "No card found");
});

test("of two cameras one is chosen, and stays chosen; a torch is lit where there is one", async (t) => {
	const till = await visitor(t, { ...phone, browser: await withCameras(t, "--use-fake-device-for-media-stream=device-count=2"), permissions: ["camera"] });
	await till.addInitScript(() => {
		window.lit = [];
		MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
		MediaStreamTrack.prototype.applyConstraints = async ({ advanced }) => void window.lit.push(advanced[0].torch);
	});
	await pair(t, till);
	await till.getByRole("button", { name: "Scan with the camera" }).click();
	await till.locator("#camera option").nth(1).waitFor({ state: "attached" });
	const open = () => till.evaluate(() => document.querySelector("video").srcObject.getVideoTracks()[0].getSettings().deviceId);
	assert.equal(await till.inputValue("#camera"), await open(), "the list shows the camera that is open");
	const other = await till.locator("#camera option").evaluateAll((all, now) => all.map((o) => o.value).find((v) => v !== now), await open());
	await till.selectOption("#camera", other);
	await till.waitForFunction((id) => document.querySelector("video")?.srcObject?.getVideoTracks()[0].getSettings().deviceId === id, other);
	await till.getByRole("button", { name: "Light on" }).click();
	await till.getByRole("button", { name: "Light off" }).click();
	assert.deepEqual(await till.evaluate(() => window.lit), [true, false]);
	await till.reload();
	await signIn(till, "Kaisa Kassa");
	await till.waitForFunction((id) => document.querySelector("video")?.srcObject?.getVideoTracks()[0].getSettings().deviceId === id, other);
});

test("pair, PIN, scan by camera, stamp, and the card page changes", async (t) => {
	const card = await newCustomer({ first_name: "Kamera" });
	const browser = await seeing(t, await qrOf(card));

	const customer = await visitor(t);
	await openCard(customer, card);
	const till = await visitor(t, { ...phone, browser, permissions: ["camera"] });
	await pair(t, till);
	let asked = 0;
	till.on("request", (r) => { asked += r.url().endsWith("/v1/scans") ? 1 : 0; });
	await till.getByRole("button", { name: "Scan with the camera" }).click();
	await till.locator("#who", { hasText: "Kamera" }).waitFor({ timeout: 30_000 });
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");
	await customer.locator(".said", { hasText: "1 of 10 stamps" }).waitFor();
	assert.ok(asked <= 3, `a card that stays in view was looked up ${asked} times`);
	await till.getByRole("button", { name: "Next customer" }).click();
	await till.getByRole("button", { name: "Camera off" }).click();
	await till.locator("video").waitFor({ state: "detached" });
});

test("a camera that may not be used is told in words", async (t) => {
	const till = await visitor(t, phone);
	await pair(t, till);
	await till.evaluate(() => {
		navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
	});
	await till.getByRole("button", { name: "Scan with the camera" }).click();
	await till.locator(".refusal", { hasText: "The camera may not be used." }).waitFor();
	assert.match(await text(till, ".scan label"), /Scan or type/);
});

test("only the till may ask for the camera", async () => {
	const policy = async (path) => (await fetch(base + path)).headers.get("permissions-policy");
	assert.match(await policy("/till"), /camera=\(self\)/);
	assert.match(await policy("/"), /camera=\(\)/);
});
