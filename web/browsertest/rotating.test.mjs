import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { PNG } from "pngjs";
import { keyOf, rotatingCode } from "../assets/code.js";
import { qrPath } from "../assets/qr.js";
import { violations } from "./looks.mjs";
import { base, cashier, demo, desk, newCustomer, openCard, outcome, scan, smallPhone, stamp, text, visitor } from "./world.mjs";

const STEP_MS = 30_000;
const stepNow = () => Math.floor(Date.now() / STEP_MS);

test("a code is what the server makes of the same secret", async () => {
	// As in loyalty/rotating_test.go.
	const key = await keyOf("cf4ab04d720b080226ae8c9f1bafee75b0b1a692e82a774129e6d18c5bdb6462");
	assert.equal(await rotatingCode(key, "041061050R3GG28A2", 59075328), "041061050R3GG28A09QW1ZVSN");
});

/** Lets the demo's owner call the API. */
async function ask(owner, method, path, { body, version } = {}) {
	const answer = await owner.evaluate(async ([method, path, body, version]) => {
		const response = await fetch(path, {
			method, headers: { "Content-Type": "application/json", ...(version && { "If-Match": `"${version}"` }) }, ...(body && { body: JSON.stringify(body) }),
		});
		return { status: response.status, body: await response.json() };
	}, [method, path, body, version]);
	assert.ok(answer.status < 300, JSON.stringify(answer));
	return answer.body;
}

/** Makes a program of two stamps that asks for the rotating code, for as long as the story goes. */
async function rotatingProgram(t) {
	let end = async () => {};
	t.after(() => end()); // before the owner's browser closes
	const owner = await visitor(t, desk);
	await owner.goto(demo.staff_url);
	await owner.goto(base + "/staff");
	const program = await ask(owner, "POST", "/v1/programs", { body: {
		name: { en: "Rotating" }, status: "active", goal: 2, redeem_code: "rotating", rewards: [{ kind: "main", name: { en: "A cup of tea" } }],
	} });
	end = () => ask(owner, "PATCH", `/v1/programs/${program.id}`, { version: program.version, body: { status: "ended" } });
	return program;
}

/** Makes the codes that the customer's page shows, in the step so many from now. */
async function codesOf(page) {
	const { secret, card } = await page.locator("#shown").evaluate((e) => ({ ...e.dataset }));
	const key = await keyOf(secret);
	return (away = 0) => rotatingCode(key, card, stepNow() + away);
}

/** Makes the codes that Google Wallet shows of the card on the page (RFC 6238, and loyalty/wallet_code.go for the key). */
async function googleCodesOf(page) {
	const { secret, card } = await page.locator("#shown").evaluate((e) => ({ ...e.dataset }));
	const key = createHmac("sha1", Buffer.from(secret, "hex")).update("leima wallet code 1").digest();
	return (away = 0) => {
		const step = Buffer.alloc(8);
		step.writeBigUInt64BE(BigInt(stepNow() + away));
		const sum = createHmac("sha1", key).update(step).digest();
		const number = sum.readUInt32BE(sum[19] & 0x0f) & 0x7fffffff;
		return `${card}G${String(number % 1e8).padStart(8, "0")}`;
	};
}

const drawn = (page) => page.locator("#qr path").last().getAttribute("d");

/** Waits until the page shows one of the codes of this moment. */
async function showsCodeOfNow(page, code) {
	for (let tries = 0; tries < 100; tries++) {
		const path = await drawn(page);
		for (const away of [0, -1]) { // the step may end in between
			if (path === qrPath(await code(away))) {
				return;
			}
		}
		await page.waitForTimeout(100);
	}
	assert.fail("the page does not show the code of this moment");
}

test("the code is drawn true on the smallest screen", async (t) => {
	const program = await rotatingProgram(t);
	const card = await newCustomer({}, program.id);
	await stamp(card, 2);
	const page = await visitor(t, smallPhone);
	await openCard(page, card);
	await showsCodeOfNow(page, await codesOf(page));
	for (const [opener, dialog] of [["#enlarge", "#large"], [".reward", "#reward"]]) {
		await page.locator(opener).first().click();
		const code = page.locator(`${dialog} .qr`);
		const { width } = await code.boundingBox();
		const picture = PNG.sync.read(await code.screenshot());
		const dark = (x, y) => picture.data[4 * (Math.floor((y + 0.5) * picture.height / 33) * picture.width + Math.floor((x + 0.5) * picture.width / 33))] < 128;
		const want = new Set();
		for (const [, x, y, run] of (await drawn(page)).matchAll(/M(\d+) (\d+)h(\d+)/g)) {
			for (let i = 0; i < Number(run); i++) {
				want.add(`${Number(x) + i} ${y}`);
			}
		}
		for (let y = 0; y < 33; y++) {
			for (let x = 0; x < 33; x++) {
				assert.equal(dark(x, y), want.has(`${x} ${y}`), `${dialog}, module ${x} ${y} of a code ${width} wide`);
			}
		}
		await page.keyboard.press("Escape");
		await page.waitForSelector(`${dialog}:not([open])`, { state: "attached" });
	}
});

/** Types into the till's field, which has the card before in view. */
async function enter(till, code) {
	await till.fill("#handle", code);
	await till.keyboard.press("Enter");
}

test("a reward is redeemed with the code on the phone, and not with a picture of it", async (t) => {
	const program = await rotatingProgram(t);
	const card = await newCustomer({ first_name: "Tuuli" }, program.id);
	await stamp(card, 4); // two cups of tea
	const customer = await visitor(t);
	await openCard(customer, card);
	const code = await codesOf(customer);
	await showsCodeOfNow(customer, code);
	const till = await cashier(t);
	const redeem = till.locator(".coupons button").first();

	await scan(till, card.code);
	await till.locator(".refusal", { hasText: "open the card on the phone" }).waitFor();
	assert.equal(await redeem.isDisabled(), true, "the card's own code redeems nothing");
	assert.equal(await till.locator("#stamp").isDisabled(), false, "and collects stamps");

	await enter(till, await code(-3));
	await till.locator(".refusal", { hasText: "out of date" }).waitFor();
	assert.equal(await redeem.isDisabled(), true, "nor does a picture of a code");

	await enter(till, await code());
	await till.waitForFunction(() => document.querySelector(".coupons button")?.disabled === false);
	await redeem.click();
	await till.locator("dialog button", { hasText: "Redeem" }).click();
	await outcome(till, "reward", "Redeemed: A cup of tea");
	await customer.locator("#reward[open].used").waitFor();
	assert.match(await text(customer, "#reward-state"), /Used at \d\d:\d\d:\d\d/);
	await till.locator(".refusal", { hasText: "open the card on the phone" }).waitFor();
	assert.equal(await redeem.isDisabled(), true, "the next reward takes the next code");

	await enter(till, await code(-1)); // was good, and is now too old for the one that was used
	await till.waitForFunction(() => document.querySelector(".coupons button")?.disabled === false);
	await redeem.click();
	await till.locator("dialog button", { hasText: "Redeem" }).click();
	await outcome(till, "refused", "has been used");
});

test("the till reads the code that Google Wallet turns by itself", async (t) => {
	const program = await rotatingProgram(t);
	const card = await newCustomer({ first_name: "Gunilla" }, program.id);
	await stamp(card, 2); // a cup of tea
	const customer = await visitor(t);
	await openCard(customer, card);
	const code = await googleCodesOf(customer);
	const till = await cashier(t);
	await scan(till, code());
	assert.equal(await text(till, "#who"), "Gunilla");
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");
	const redeem = till.locator(".coupons button").first();
	await enter(till, code(-3));
	await till.locator(".refusal", { hasText: "out of date" }).waitFor();
	assert.equal(await redeem.isDisabled(), true, "a picture of it redeems nothing");
	await enter(till, code());
	await till.waitForFunction(() => document.querySelector(".coupons button")?.disabled === false);
	await redeem.click();
	await till.locator("dialog button", { hasText: "Redeem" }).click();
	await outcome(till, "reward", "Redeemed: A cup of tea");
});

test("the code goes on without a network, and by the server's clock", async (t) => {
	const program = await rotatingProgram(t);
	const card = await newCustomer({}, program.id);
	const page = await visitor(t);
	await page.addInitScript(() => {
		const real = Date.now.bind(Date);
		window.aheadMs = 10 * 60_000; // a phone whose clock is ten minutes fast
		Date.now = () => real() + window.aheadMs;
	});
	await openCard(page, card);
	const code = await codesOf(page);
	await showsCodeOfNow(page, code);

	await page.evaluate(() => navigator.serviceWorker.ready);
	await page.waitForFunction(async () => Boolean(await caches.match(location.pathname)));
	await page.reload();
	await page.waitForFunction(() => Boolean(navigator.serviceWorker.controller));
	await page.waitForFunction(async () => (await (await caches.open("leima:" + location.pathname)).keys()).some((r) => r.url.includes("/qr.")));
	await page.context().setOffline(true);
	await page.reload();
	await page.locator("#offline:not([hidden])").waitFor();
	await showsCodeOfNow(page, code);
	const before = await drawn(page);
	await page.evaluate(() => { window.aheadMs += 30_000; });
	await page.waitForFunction((before) => document.querySelector("#qr path:last-child").getAttribute("d") !== before, before);
});

test("the screen of a reward moves with the time, and closes by the way back", async (t) => {
	const card = await newCustomer();
	await stamp(card, 10);
	const page = await visitor(t);
	await openCard(page, card);
	await page.locator(".reward").first().click();
	await page.waitForSelector("#reward[open]");
	assert.equal(await text(page, "#reward-name"), await page.locator(".reward strong").first().innerText());
	const first = await text(page, "#reward-clock");
	assert.match(first, /^\d\d:\d\d:\d\d$/);
	await page.waitForFunction((first) => document.getElementById("reward-clock").textContent !== first, first);
	assert.ok(await page.evaluate(() => document.getAnimations().some((a) => a.playState === "running")), "it moves");
	assert.deepEqual(await violations(page), []);
	await page.goBack();
	await page.waitForSelector("#reward:not([open])", { state: "attached" });
	assert.equal(page.url(), card.link);
	assert.match(await page.evaluate(() => document.activeElement?.id), /^reward-/, "the focus is where it was");

	await page.keyboard.press("Enter");
	await page.waitForSelector("#reward[open]");
	await page.keyboard.press("Escape");
	await page.waitForSelector("#reward:not([open])", { state: "attached" });
});

test("for those who asked for stillness only the time changes", async (t) => {
	const card = await newCustomer();
	await stamp(card, 10);
	const page = await visitor(t, { reducedMotion: "reduce" });
	await openCard(page, card);
	await page.locator(".reward").first().click();
	const first = await text(page, "#reward-clock");
	await page.waitForFunction((first) => document.getElementById("reward-clock").textContent !== first, first);
	assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
});
