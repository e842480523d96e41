// The till on a bad day: answers that take their time, a server that fails, a session
// that ended meanwhile, a clock that is wrong. Nobody waits for long, the words are
// plain, and nothing is lost or doubled.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cashier, demo, desk, entries, newCustomer, outcome, owner, pair, scan, scannerTypes, signIn, SOON_MS, text, visitor } from "./world.mjs";

const problem = (status, code) => ({
	status, contentType: "application/problem+json",
	body: JSON.stringify({ type: `urn:leima:problem:${code}`, title: "", status, code, detail: "", request_id: "", retryable: status >= 500 }),
});

/** Waits until the till has written a card to its device. */
const remembered = (till, card) => till.waitForFunction((code) => new Promise((resolve) => {
	const opening = indexedDB.open("leima-till");
	opening.onerror = () => resolve(false);
	opening.onsuccess = () => {
		const db = opening.result;
		const got = db.transaction("seen").objectStore("seen").index("handles").get(code);
		got.onsuccess = () => { db.close(); resolve(got.result !== undefined); };
		got.onerror = () => { db.close(); resolve(false); };
	};
}), card.code);

test("a card seen today is on the screen while its answer is on the way, can be stamped, and is brought up to date", async (t) => {
	const card = await newCustomer({ first_name: "Hidas" });
	const till = await cashier(t);
	await scan(till, card.code);
	await remembered(till, card);
	await till.getByRole("button", { name: "Next customer" }).click();

	const held = [];
	await till.route("**/v1/scans", async (route) => {
		await new Promise((resolve) => held.push(resolve));
		await route.continue();
	});
	await scannerTypes(till, card.code);
	await outcome(till, "wait", "Looking…");
	await till.locator("#who", { hasText: "Hidas" }).waitFor();
	await till.locator(".found .flag", { hasText: "As of" }).waitFor();
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");
	await till.locator(".found .said", { hasText: "1 of 10 stamps" }).waitFor();
	await till.locator(".found .flag", { hasText: "As of" }).waitFor();
	for (const go of held) {
		go();
	}
	await till.locator(".found .flag", { hasText: "As of" }).waitFor({ state: "detached" });
	await till.locator(".found .said", { hasText: "1 of 10 stamps" }).waitFor();
	assert.equal((await entries(card)).length, 1);
});

test("on a line with two seconds of delay a card is found, stamped and the stamp undone, each once", async (t) => {
	const card = await newCustomer({ first_name: "Verkko" });
	const till = await cashier(t);
	const line = await till.context().newCDPSession(till);
	await line.send("Network.enable");
	await line.send("Network.emulateNetworkConditions", { offline: false, latency: 2_000, downloadThroughput: 50_000, uploadThroughput: 50_000 });
	await scannerTypes(till, card.code);
	await outcome(till, "wait", "Looking…");
	await till.locator("#who", { hasText: "Verkko" }).waitFor();
	await till.click("#stamp");
	await till.locator(".outcome", { hasText: /1 stamp (given|saved)/ }).waitFor();
	await till.click("#undo");
	await till.locator(".outcome", { hasText: /Undone|Will be undone/ }).waitFor();
	await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
	await till.locator("#waiting").waitFor({ state: "detached" });
	await till.locator(".found .said", { hasText: "0 of 10 stamps" }).waitFor();
	assert.deepEqual((await entries(card)).map((e) => [e.kind, e.quantity]), [["reversal", -1], ["stamp", 1]]);
});

test("a server that fails is said in plain words, and what was given meanwhile is sent once", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await scan(till, card.code);
	for (const path of ["**/v1/stamps", "**/healthz"]) {
		await till.route(path, (route) => route.fulfill(problem(500, "internal")));
	}
	await till.click("#stamp");
	await outcome(till, "saved", "1 stamp saved on this till");
	assert.match(await text(till, ".banner.gone"), /No connection 1 waiting since/);
	assert.doesNotMatch(await text(till, "body"), /500|error|internal/i);
	await till.unroute("**/v1/stamps");
	await till.unroute("**/healthz");
	await till.evaluate(() => window.dispatchEvent(new Event("online")));
	await till.locator("#waiting").waitFor({ state: "detached" });
	await till.locator(".banner.gone").waitFor({ state: "detached" });
	assert.equal((await entries(card)).length, 1);
});

test("a session that ended while a stamp waits: the till says what to do, and the stamp is sent after it", async (t) => {
	const card = await newCustomer();
	const till = await visitor(t, desk);
	await pair(t, till);
	await scan(till, card.code);
	await till.context().setOffline(true);
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await till.route("**/v1/stamps", (route) => route.fulfill(problem(401, "unauthenticated")));
	await till.context().setOffline(false);
	await till.locator("#who-error", { hasText: "Sign in again with your PIN." }).waitFor({ timeout: 3 * SOON_MS });
	assert.match(await text(till, "#waiting"), /1 waiting/);
	assert.deepEqual(await entries(card), []);
	await till.unroute("**/v1/stamps");
	await signIn(till, "Kaisa Kassa");
	await till.locator("#waiting").waitFor({ state: "detached" });
	assert.equal((await entries(card)).length, 1);
});

test("a device whose clock is a day ahead sends its stamps with the right time", async (t) => {
	const card = await newCustomer();
	const till = await visitor(t, desk);
	await till.clock.install({ time: Date.now() + 26 * 60 * 60 * 1000 });
	await pair(t, till);
	await scan(till, card.code);
	const before = Date.now();
	await till.context().setOffline(true);
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await till.context().setOffline(false);
	await till.locator("#waiting").waitFor({ state: "detached", timeout: 3 * SOON_MS });
	assert.equal(await till.locator(".banner.review").count(), 0);
	const [stamp] = await entries(card);
	assert.ok(Math.abs(Date.parse(stamp.at) - before) < 60_000, `${stamp.at} is not about now`);
});

test("what the office dismissed and opened again is for review at the till again", async (t) => {
	const name = `Uudelleen${Date.now() % 1e6}`;
	const card = await newCustomer({ first_name: name });
	const till = await visitor(t, desk);
	await till.clock.install();
	await till.goto(demo.till_url);
	await till.waitForSelector("#handle");
	await scan(till, card.code);
	await till.context().setOffline(true);
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await till.route("**/v1/stamps", (route) => route.fulfill(problem(409, "cool_down")));
	await till.context().setOffline(false);
	await till.locator(".banner.review button", { hasText: "1 to review" }).click({ timeout: 3 * SOON_MS });
	await till.locator("#reviews li", { hasText: name }).getByText("With the office").waitFor({ timeout: 3 * SOON_MS });

	const office = await owner(t, "/reviews");
	const line = office.locator(".reviews tbody tr", { hasText: name });
	await line.getByRole("button", { name: "Dismiss" }).click();
	await office.getByRole("dialog").getByLabel("Reason").fill("Given on paper");
	await office.getByRole("dialog").getByRole("button", { name: "Dismiss" }).click();
	await line.waitFor({ state: "detached" });
	await till.clock.fastForward("00:20");
	await till.locator(".banner.review").waitFor({ state: "detached" });
	await till.getByText("Nothing is for review.").waitFor();

	await office.getByLabel("State").selectOption("decided");
	await line.getByRole("button", { name: "Open again" }).click();
	await office.locator(".notices .notice", { hasText: "It is open again." }).waitFor();
	await till.clock.fastForward("01:20");
	await till.locator("#reviews li", { hasText: name }).getByText("With the office").waitFor();
	assert.match(await text(till, ".banner.review"), /1 to review/);
	assert.deepEqual(await entries(card), []);

	// The stories share one shop: nothing stays for review.
	await office.getByLabel("State").selectOption({ label: "Open" });
	await line.getByRole("button", { name: "Dismiss" }).click();
	await office.getByRole("dialog").getByLabel("Reason").fill("Given on paper");
	await office.getByRole("dialog").getByRole("button", { name: "Dismiss" }).click();
	await line.waitFor({ state: "detached" });
});
