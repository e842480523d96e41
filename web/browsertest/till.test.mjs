import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { base, cashier, demo, desk, entries, newCustomer, openCard, outcome, pair, pairingCode, scan, scannerTypes, signIn, SOON_MS, stamp, text, visitor } from "./world.mjs";

test("the main job: scan, stamp until the card is full, redeem, undo", async (t) => {
	const card = await newCustomer({ first_name: "Helmi", last_name: "Korhonen" });
	const customer = await visitor(t);
	await openCard(customer, card);
	const till = await cashier(t);

	await scan(till, card.code);
	assert.equal(await text(till, "#who"), "Helmi K.");
	assert.match(await text(till, ".found .said"), /0 of 10 stamps 10 to go/);

	await till.click('[data-quantity="9"]');
	await till.click("#stamp");
	await outcome(till, "good", "9 stamps given");
	await customer.locator(".said", { hasText: "9 of 10 stamps" }).waitFor();

	await till.fill("#quantity", "3");
	await till.click("#stamp");
	await outcome(till, "reward", "3 stamps given");
	await till.locator(".found .said", { hasText: "2 of 10 stamps" }).waitFor();
	await customer.locator(".ready").waitFor();

	await till.locator(".coupons button").click();
	await till.waitForSelector("dialog[open]");
	assert.match(await text(till, "dialog p"), /Helmi K\. gets it now/);
	await till.locator("dialog button", { hasText: "Cancel" }).click();
	assert.equal(await till.locator(".coupons button").count(), 1, "cancelling redeems nothing");
	await till.locator(".coupons button").click();
	await till.locator("dialog button", { hasText: "Redeem" }).click();
	await outcome(till, "reward", "Redeemed:");
	await till.locator(".coupons .none").waitFor();
	await customer.locator(".ready").waitFor({ state: "detached" });

	await till.click("#undo");
	await till.locator(".outcome.undone").waitFor();
	await till.locator(".coupons button").waitFor();
	assert.equal(await till.locator(".outcome.undone").count(), 1, "what was said last is still said");
	await customer.locator(".ready").waitFor();
});

test("stamps go on by themselves, if the till is set so", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await till.getByRole("button", { name: "Settings" }).click();
	await till.getByLabel("Stamp as soon as a card is scanned").check();
	await till.getByRole("button", { name: "Back", exact: true }).click();
	await scan(till, card.code);
	await outcome(till, "good", "1 stamp given");
	await till.reload();
	await till.waitForSelector(".people");
	assert.equal((await entries(card)).length, 1);
});

test("outcomes are told by colour, sign, words, sound and vibration", async (t) => {
	const card = await newCustomer();
	const till = await visitor(t, desk);
	await till.addInitScript(() => {
		window.felt = [];
		window.heard = [];
		navigator.vibrate = (pattern) => window.felt.push(pattern.length) > 0;
		const start = OscillatorNode.prototype.start;
		OscillatorNode.prototype.start = function (at) {
			window.heard.push(this.frequency.value);
			start.call(this, at);
		};
	});
	await till.goto(demo.till_url);
	await till.waitForSelector("#handle");
	await till.click(".ready");
	await scan(till, card.code);
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");
	assert.equal(await till.locator(".outcome.good .icon").count(), 1);
	await till.waitForFunction(() => window.heard.length > 0);
	const [heard, felt] = await till.evaluate(() => [window.heard, window.felt]);
	assert.deepEqual([heard, felt], [[660, 880], [1]]);
});

test("undo ends after ten seconds; later a stamp is taken back with a reason", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await till.clock.install();
	await scan(till, card.code);
	await till.click("#stamp");
	await till.locator("#undo", { hasText: "Undo (10 s)" }).waitFor();
	await till.clock.runFor(4_000);
	await till.locator("#undo", { hasText: "Undo (6 s)" }).waitFor();
	await till.clock.runFor(7_000);
	await till.locator("#undo").waitFor({ state: "hidden" });

	await till.getByRole("button", { name: "Today" }).click();
	await till.getByRole("button", { name: "Take back: 1 stamp" }).first().click();
	await till.locator("dialog button", { hasText: /^Take back$/ }).click();
	await till.locator("#why-error", { hasText: "Say why" }).waitFor();
	await till.getByRole("button", { name: "Wrong card" }).click();
	await till.locator("dialog button", { hasText: /^Take back$/ }).click();
	await till.locator(".outcome.undone").waitFor();
	const [reversal] = await entries(card);
	assert.equal(reversal.kind, "reversal");
	assert.equal(reversal.reason, "Wrong card");
	await till.locator('#activity [data-state="reversed"]').waitFor();
});

test("customer numbers and phone numbers work too, and nonsense is told by colour, sign and words", async (t) => {
	const phone = `+35840${String(Date.now()).slice(-7)}`;
	const card = await newCustomer({ phone });
	const till = await cashier(t);
	await scan(till, card.number);
	assert.equal(await text(till, "#who"), "Helmi");
	await till.getByRole("button", { name: "Next customer" }).click();
	await till.fill("#handle", phone.replace("+358", "0"));
	await till.keyboard.press("Enter");
	await till.waitForSelector(".found");
	await scannerTypes(till, "NOBODY");
	await outcome(till, "unknown", "No card found");
	assert.equal(await till.locator(".found").count(), 0, "the card before is not shown any more");
});

test("a scanner that types works wherever the focus is, and presses no button with its Enter", async (t) => {
	const [first, second] = [await newCustomer({ first_name: "Aada" }), await newCustomer({ first_name: "Bertta" })];
	const till = await cashier(t);
	await scan(till, first.code);
	await till.focus("#stamp");
	await scannerTypes(till, second.code);
	await till.locator("#who", { hasText: "Bertta" }).waitFor();
	assert.deepEqual(await entries(first), []);
	assert.equal(await till.inputValue("#handle"), "");
	await till.getByRole("button", { name: "Next customer" }).click();
	let asked = 0;
	till.on("request", (r) => { asked += r.url().endsWith("/v1/scans") ? 1 : 0; });
	await till.evaluate((code) => {
		for (const key of [...code, "Enter", ...code, "Enter"]) {
			document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
		}
	}, first.code);
	await till.locator("#who", { hasText: "Aada" }).waitFor();
	assert.equal(asked, 1, "the same code twice in a row is one reading");
});

test("the test page tells what a scanner sends", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await till.getByRole("button", { name: "Settings" }).click();
	await till.getByRole("button", { name: "Set up a scanner" }).click();
	await scannerTypes(till, card.code);
	await till.locator("#reading .good", { hasText: "The scanner works." }).waitFor();
	assert.match(await text(till, "#reading dl"), new RegExp(card.code));
	await scannerTypes(till, "QWERTZ1234567890");
	await till.locator("#reading .refused", { hasText: "keyboard layout" }).waitFor();
	await till.keyboard.type("12345", { delay: 120 });
	await till.keyboard.press("Enter");
	await till.locator("#reading .refused", { hasText: "too slow" }).waitFor();
});

test("a lost answer is asked for again under the same key, and stamps once", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await scan(till, card.code);
	const keys = [];
	await till.route("**/v1/stamps", async (route) => {
		keys.push(route.request().headers()["idempotency-key"]);
		if (keys.length === 1) {
			await route.fetch(); // the server does it
			await route.abort("connectionreset"); // and the answer is lost
		} else {
			await route.continue();
		}
	});
	await till.click("#stamp");
	await outcome(till, "saved", "1 stamp saved on this till");
	await till.locator("#waiting").waitFor();
	await till.evaluate(() => window.dispatchEvent(new Event("online")));
	await till.locator("#waiting").waitFor({ state: "detached" });
	assert.equal(keys.length, 2);
	assert.equal(keys[0], keys[1]);
	assert.equal((await entries(card)).length, 1);
	await till.locator(".found .said", { hasText: "1 of 10 stamps" }).waitFor();
});

test("two presses at once stamp once", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await scan(till, card.code);
	await till.evaluate(() => {
		const button = document.getElementById("stamp");
		button.click();
		button.click();
	});
	await till.locator(".outcome.good").waitFor();
	await till.locator(".found .said", { hasText: "1 of 10 stamps" }).waitFor();
	assert.equal((await entries(card)).length, 1);
});

test("a new customer gets a card at the till", async (t) => {
	const till = await cashier(t);
	await till.getByRole("button", { name: "New customer" }).click();
	await till.locator("#join-form button[type=submit]").click();
	await till.locator("#join-error", { hasText: "A name is enough" }).waitFor();
	await till.fill("#join-name", "Toini");
	await till.fill("#join-email", `toini-${Date.now()}@example.org`);
	await till.locator("#join-form button[type=submit]").click();
	await till.waitForSelector(".handover[open]");
	await till.waitForFunction(() => document.getElementById("handover-qr").naturalWidth > 0);
	assert.match(await text(till, "#handover-number"), /^\d{3} \d{3} \d{4}$/);
	await till.emulateMedia({ media: "print" });
	assert.equal(await till.locator(".paper").isVisible(), true, "the paper card is what is printed");
	assert.equal(await till.locator("#handover-qr").isVisible(), false);
	await till.emulateMedia({ media: "screen" });
	await till.locator(".handover button", { hasText: "Close" }).click();
	await till.locator("#who", { hasText: "Toini" }).waitFor();
});

test("a name is enough for a card, which its customer completes", async (t) => {
	const till = await cashier(t);
	await till.getByRole("button", { name: "New customer" }).click();
	await till.fill("#join-name", "Hilja");
	const joined = till.waitForResponse((r) => r.url().endsWith("/cards") && r.request().method() === "POST");
	await till.locator("#join-form button[type=submit]").click();
	const card = await (await joined).json();
	await till.locator(".handover", { hasText: "The customer can add a phone number on the card’s page" }).waitFor();
	await till.locator(".handover button", { hasText: "Close" }).click();
	await till.locator(".found .flag", { hasText: "Contact not confirmed" }).waitFor();
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");

	const customer = await visitor(t);
	await customer.goto(card.link);
	await customer.getByRole("heading", { name: "Make the card yours" }).waitFor();
	await customer.getByLabel("E-mail address").fill("hilja");
	await customer.getByRole("button", { name: "Send me the link" }).click();
	await customer.locator("#email-error").waitFor();
	await customer.getByLabel("E-mail address").fill(`hilja-${Date.now()}@example.org`);
	await customer.getByRole("button", { name: "Send me the link" }).click();
	await customer.getByRole("heading", { name: "Please confirm your contact" }).waitFor();
	assert.equal(await customer.locator("#contact").count(), 0);
});

test("an owner pairs a till, a cashier signs in by keyboard and by touch, and hands it over in two taps", async (t) => {
	const code = await pairingCode(t);
	const till = await visitor(t, desk);
	await till.goto(base + "/till");
	await till.fill("#code", "leimala-AAAA-AAAA");
	await till.keyboard.press("Enter");
	await till.locator("#code-error", { hasText: "This code is not valid." }).waitFor();
	await till.fill("#code", ` ${code.toLowerCase()} `);
	await till.keyboard.press("Enter");
	await till.locator(".people").getByRole("button", { name: "Kaisa Kassa" }).click();
	await till.fill("#pin", "0000");
	await till.keyboard.press("Enter");
	await till.locator("#pin-error", { hasText: "The PIN is not right." }).waitFor();
	for (const digit of demo.pin) {
		await till.locator(".pad").getByRole("button", { name: digit }).click();
	}
	await till.getByRole("button", { name: "Sign in" }).click();
	await till.waitForSelector("#handle");
	assert.match(await text(till, ".who"), /Kaisa Kassa/);

	await till.locator(".who").click();
	await till.getByRole("button", { name: "Joonas Jokunen" }).click();
	await till.fill("#pin", demo.pin);
	await till.keyboard.press("Enter");
	await till.waitForSelector("#handle");
	assert.match(await text(till, ".who"), /Joonas Jokunen/);
	const card = await newCustomer();
	await scan(till, card.code);
	await till.click("#stamp");
	await till.locator(".outcome.good").waitFor();
	await till.getByRole("button", { name: "Today" }).click();
	assert.match(await text(till, "#activity li"), /1 stamp Helmi[^]*Joonas Jokunen · Done/);
});

test("a till that is left alone locks itself", async (t) => {
	const till = await visitor(t, desk);
	await till.clock.install();
	await pair(t, till);
	await till.getByRole("button", { name: "Settings" }).click();
	await till.selectOption("#lock-after", "1");
	await till.clock.runFor(59_000);
	assert.equal(await till.locator(".people").count(), 0);
	await till.clock.runFor(10_000);
	await till.locator(".people").waitFor();
	await signIn(till, "Joonas Jokunen");
});

test("a till that was unpaired says so, keeps what waits, and sends it when it is paired again", async (t) => {
	const card = await newCustomer();
	const till = await visitor(t, desk);
	const name = `Gone ${Date.now() % 1e6}`;
	await pair(t, till, "Kaisa Kassa", name);
	await till.context().setOffline(true);
	await scan(till, card.code);
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();

	const office = await visitor(t, { ...desk, reducedMotion: "reduce" });
	await office.goto(demo.staff_url);
	await office.waitForURL(/\/console/);
	await office.goto(`${base}/console/tills`);
	await office.locator("tbody tr", { hasText: name }).getByRole("button", { name: "Unpair" }).click();
	await office.getByRole("dialog").getByRole("button", { name: "Unpair" }).click();
	await office.locator(".notices .notice", { hasText: name }).waitFor();

	await till.context().setOffline(false);
	await till.locator("#code-error", { hasText: "This till was unpaired." }).waitFor({ timeout: 3 * SOON_MS });
	await till.locator("#kept", { hasText: "1 thing is kept on this device" }).waitFor();
	const download = till.waitForEvent("download");
	await till.getByRole("button", { name: "Save a copy for the office" }).click();
	const copy = JSON.parse(await readFile(await (await download).path(), "utf8"));
	assert.deepEqual(copy.commands.map((c) => [c.kind, c.quantity, c.staffName, c.state]), [["stamp", 1, "Kaisa Kassa", "waiting"]]);
	assert.doesNotMatch(JSON.stringify(copy), /l[kts]_leimala/, "no credentials are in it");

	await till.fill("#code", await pairingCode(t));
	await till.keyboard.press("Enter");
	await signIn(till, "Kaisa Kassa");
	await till.locator("#waiting").waitFor({ state: "detached" });
	assert.equal((await entries(card)).length, 1);
});

test("a till is taken out of service by the PIN of a manager", async (t) => {
	const till = await visitor(t, desk);
	await pair(t, till);
	const leave = async (name) => {
		await till.selectOption("#leave-who", { label: name });
		await till.fill("#leave-pin", demo.pin);
		await till.keyboard.press("Enter");
	};
	await till.getByRole("button", { name: "Settings" }).click();
	await till.getByRole("button", { name: "Take this till out of service" }).click();
	await leave("Kaisa Kassa");
	await till.locator("#leave-error", { hasText: "Only owners and managers" }).waitFor();
	await till.fill("#leave-pin", "000000");
	await till.keyboard.press("Enter");
	await till.locator("#leave-error", { hasText: "The PIN is not right." }).waitFor();
	const token = await till.evaluate(() => new Promise((resolve) => {
		indexedDB.open("leima-till").onsuccess = (e) => {
			e.target.result.transaction("facts").objectStore("facts").get("device").onsuccess = (got) => resolve(got.target.result.token);
		};
	}));
	await leave("Petteri Päällikkö");
	await till.locator("#code").waitFor();
	const response = await fetch(`${base}/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
	assert.equal(response.status, 401, "the till's credential has ended");
});

test("sound can be switched off and stays off, and so does the language", async (t) => {
	const till = await cashier(t);
	await till.getByRole("button", { name: "Settings" }).click();
	await till.getByLabel("Sound").uncheck();
	await till.selectOption("#language", "fi");
	await till.getByRole("heading", { name: "Asetukset" }).waitFor();
	await till.goto(demo.till_url);
	await till.getByRole("button", { name: "Asetukset" }).click();
	assert.equal(await till.getByLabel("Ääni").isChecked(), false);
});
