import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import {
	base, browserArguments, cashier, demo, desk, entries, executablePath, kept, newCustomer, outcome, pair, scan, scannerTypes, signIn, SOON_MS, stamp, text,
	visitor, watch,
} from "./world.mjs";

/** A browser that can be killed as by a power cut, and started again with what is on its disk. */
async function device(t) {
	const folder = await mkdtemp(join(tmpdir(), "leima-till-"));
	let running;
	t.after(async () => {
		await running?.kill();
		await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
	});
	return {
		async start() {
			await rm(join(folder, "DevToolsActivePort"), { force: true });
			const process = spawn(executablePath, [...browserArguments, "--remote-debugging-port=0", "--lang=en-GB", `--user-data-dir=${folder}`, "about:blank"], { stdio: "ignore", detached: true });
			const ended = once(process, "exit");
			const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await debuggingPort(folder)}`);
			const context = browser.contexts()[0];
			const page = await context.newPage();
			await page.setViewportSize(desk.viewport);
			watch(t, page);
			running = {
				page,
				async kill() {
					running = undefined;
					globalThis.process.kill(-process.pid, "SIGKILL"); // the browser and its children
					await ended;
				},
			};
			return running;
		},
	};
}

/** Waits for the file in which Chromium writes where it listens. */
async function debuggingPort(folder) {
	const until = Date.now() + SOON_MS;
	for (;;) {
		const [port] = (await readFile(join(folder, "DevToolsActivePort"), "utf8").catch(() => "")).split("\n");
		if (port) {
			return port;
		}
		assert.ok(Date.now() < until, "the browser did not start");
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

test("twenty stamps without network, the browser killed, back on-line: exactly twenty in the ledger", async (t) => {
	const cards = await Promise.all([newCustomer(), newCustomer()]);
	const till = await device(t);
	const before = await till.start();
	await pair(t, before.page);
	await kept(before.page);
	await scan(before.page, cards[0].code); // seen before, so the till knows the name
	await before.page.context().setOffline(true);
	await before.page.locator(".banner.gone").waitFor();
	for (const [i, card] of cards.entries()) {
		await scan(before.page, card.code);
		assert.equal(await text(before.page, "#who"), i === 0 ? "Helmi" : `Card ${card.code}`);
		for (let n = 1; n <= 10; n++) {
			await before.page.locator("#stamp:enabled").click();
			await before.page.locator("#waiting", { hasText: `${i * 10 + n} waiting` }).waitFor();
		}
		await outcome(before.page, "saved", "1 stamp saved on this till");
		await before.page.getByRole("button", { name: "Next customer" }).click();
	}
	await before.kill();
	assert.deepEqual((await Promise.all(cards.map(entries))).flat(), [], "nothing was sent yet");

	const after = await till.start();
	await after.page.context().setOffline(true);
	await after.page.goto(base + "/till");
	await signIn(after.page, "Kaisa Kassa"); // the PIN is known from before
	await after.page.locator("#waiting", { hasText: "20 waiting" }).waitFor();
	await after.page.getByRole("button", { name: "Settings" }).click();
	await after.page.getByRole("button", { name: "Take this till out of service" }).click();
	await after.page.fill("#leave-pin", demo.pin);
	await after.page.locator("dialog button.main").click();
	await after.page.locator("dialog", { hasText: "Not now: something waits" }).waitFor();
	await after.page.keyboard.press("Escape");

	await after.page.context().setOffline(false);
	await after.page.locator("#waiting").waitFor({ state: "detached" });
	for (const card of cards) {
		const stamps = (await entries(card)).filter((e) => e.kind === "stamp");
		assert.equal(stamps.length, 10);
		assert.equal(new Set(stamps.map((e) => e.idempotency_key)).size, 10);
	}
	await after.kill();
});

test("a wrong PIN does not open the till without network", async (t) => {
	const till = await visitor(t, desk);
	await pair(t, till);
	await till.context().setOffline(true);
	await till.locator(".who").click();
	await till.getByRole("button", { name: "Kaisa Kassa" }).click();
	await till.fill("#pin", "9999");
	await till.keyboard.press("Enter");
	await till.locator("#pin-error", { hasText: "The PIN is not right" }).waitFor();
	await till.getByRole("button", { name: "Who is at the till?" }).click();
	await till.getByRole("button", { name: "Joonas Jokunen" }).click();
	await till.fill("#pin", "1234");
	await till.keyboard.press("Enter");
	await till.locator("#pin-error", { hasText: "No network" }).waitFor();
	assert.equal(await till.locator("#handle").count(), 0);
});

test("a session lasts twelve hours without network, and no longer", async (t) => {
	const till = await visitor(t, desk);
	await till.clock.install();
	await pair(t, till);
	await till.context().setOffline(true);
	await till.locator(".banner.gone").waitFor();
	await till.clock.fastForward("11:50:00");
	await till.locator(".people").waitFor(); // it locked itself
	await signIn(till, "Kaisa Kassa");
	await till.clock.fastForward("00:20:00");
	await till.locator(".people").getByRole("button", { name: "Kaisa Kassa" }).click();
	await till.fill("#pin", demo.pin);
	await till.keyboard.press("Enter");
	await till.locator("#pin-error", { hasText: "No network" }).waitFor();
});

test("undoing before it was sent sends nothing; phone numbers wait for the network", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await till.context().setOffline(true);
	await scan(till, card.number);
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await till.click("#undo");
	await outcome(till, "undone", "It had not been sent yet.");
	await till.fill("#handle", "0401234567");
	await till.keyboard.press("Enter");
	await outcome(till, "unknown", "Phone numbers need the network.");
	await scannerTypes(till, card.code.slice(0, -1) + (card.code.endsWith("0") ? "1" : "0"));
	await outcome(till, "unknown", "No card found");
	await till.context().setOffline(false);
	await till.locator(".banner.gone").waitFor({ state: "detached" });
	assert.deepEqual(await entries(card), []);
});

test("what another cashier gave is sent as theirs", async (t) => {
	const card = await newCustomer();
	const till = await visitor(t, desk);
	await pair(t, till, "Kaisa Kassa");
	await till.locator(".who").click();
	await signIn(till, "Joonas Jokunen");
	await till.locator(".who").click();
	await till.context().setOffline(true);
	await signIn(till, "Kaisa Kassa");
	await scan(till, card.code);
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await till.locator(".who").click();
	await signIn(till, "Joonas Jokunen");
	await scan(till, card.code);
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await till.context().setOffline(false);
	await till.locator("#waiting").waitFor({ state: "detached" });
	const actors = new Set((await entries(card)).map((e) => e.actor.id));
	assert.equal(actors.size, 2);
});

/** Turns redeeming without network on or off, in the demo's program, as its owner. */
async function allowRedeeming(office, on) {
	await office.goto(`${base}/console/programs/${demo.program_id}`);
	await office.locator(".limits summary").click();
	await office.getByLabel("Redeem rewards without network").setChecked(on);
	const saved = office.waitForResponse((r) => r.request().method() === "PATCH" && r.ok());
	await office.getByRole("button", { name: "Save" }).click();
	await saved;
}

test("two tills without network redeem one coupon: refused, unless the program allows it; then one wins and the other is for review", async (t) => {
	const name = `Toisto${Date.now() % 1e6}`;
	const card = await newCustomer({ first_name: name });
	await stamp(card, 10);
	const tills = [await visitor(t, desk), await visitor(t, desk)];
	for (const till of tills) {
		await pair(t, till, "Petteri Päällikkö");
		await scan(till, card.code);
		await till.context().setOffline(true);
		await till.locator(".found .refusal", { hasText: "Rewards cannot be redeemed without network." }).waitFor();
		assert.equal(await till.locator(".coupons button").isDisabled(), true);
		await till.context().setOffline(false);
		await till.locator(".banner.gone").waitFor({ state: "detached" });
	}

	// The owner allows it for the program; tills hear of it when somebody takes over.
	const office = await visitor(t, { ...desk, reducedMotion: "reduce" });
	await office.goto(demo.staff_url);
	await office.waitForURL(/\/console/);
	await allowRedeeming(office, true);
	for (const till of tills) {
		const read = till.waitForResponse((r) => r.url().includes("/v1/programs?"));
		await till.locator(".who").click();
		await read;
		await signIn(till, "Petteri Päällikkö");
		await scan(till, card.code);
		await till.context().setOffline(true);
		await till.locator(".coupons button").click();
		await till.locator("dialog button", { hasText: "Redeem" }).click();
		await outcome(till, "saved", "Redeemed on this till");
	}
	for (const till of tills) {
		await till.context().setOffline(false);
		await till.locator("#waiting").waitFor({ state: "detached" });
	}
	assert.equal((await entries(card)).filter((e) => e.kind === "redeem").length, 1);
	const [first, second] = tills;
	assert.equal(await first.locator(".banner.review").count(), 0);
	await second.locator(".banner.review button", { hasText: "1 to review" }).click();
	const listed = second.locator("#reviews li");
	await listed.getByText("This reward has been used already.").waitFor();
	await listed.getByText("With the office").waitFor({ timeout: 3 * SOON_MS });

	// The office has one conflict of the two redemptions, and decides it.
	await office.goto(`${base}/console/`);
	await office.locator("#navigation a", { hasText: "Review" }).locator(".badge").waitFor();
	await office.locator("#navigation a", { hasText: "Review" }).click();
	const line = office.locator(".reviews tbody tr", { hasText: name });
	await line.getByText("The reward had been used already.").waitFor();
	assert.equal(await line.count(), 1);
	await line.getByRole("button", { name: "Dismiss" }).click();
	const dialog = office.getByRole("dialog");
	await dialog.getByLabel("Reason").fill("Customer paid the gift");
	await dialog.getByRole("button", { name: "Dismiss" }).click();
	await office.locator(".notices .notice", { hasText: "Dismissed." }).getByRole("button", { name: "Undo" }).click();
	await line.getByRole("button", { name: "Enter" }).click();
	await dialog.getByLabel("Reason").fill("Paid with stamps");
	await dialog.getByLabel("Stamps").fill("1");
	await dialog.getByRole("button", { name: "Enter" }).click();
	await line.waitFor({ state: "detached" });
	await office.getByLabel("State").selectOption("decided");
	await line.getByText("Paid with stamps").waitFor();
	assert.match(office.url(), /state=decided/);
	assert.deepEqual((await entries(card)).filter((e) => e.kind === "adjust").map((e) => [e.quantity, e.reason]), [[1, "Paid with stamps"]]);

	// The till hears of it.
	await second.locator(".banner.review").waitFor({ state: "detached", timeout: 6 * SOON_MS });
	await second.getByRole("button", { name: "Back", exact: true }).click();
	await second.getByRole("button", { name: "Today" }).click();
	assert.match(await text(second, "#activity"), /Entered by the office\.[^]*Paid with stamps/);
	await allowRedeeming(office, false);
});

test("the till opens without network, and is not fooled by a network that answers with its own page", async (t) => {
	const card = await newCustomer();
	const till = await visitor(t, desk);
	await pair(t, till);
	await kept(till);
	await scan(till, card.code);
	await till.context().route("**/v1/**", (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<p>Welcome to the Wi-Fi" }));
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await till.context().unroute("**/v1/**");
	await till.context().setOffline(true);
	await till.reload();
	await till.locator(".people").waitFor();
	await till.context().setOffline(false);
	await signIn(till, "Kaisa Kassa");
	await till.locator("#waiting").waitFor({ state: "detached" });
	assert.equal((await entries(card)).length, 1);
});
