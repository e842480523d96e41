import assert from "node:assert/strict";
import { test } from "node:test";
import { base, cashier, demo, desk, newCustomer, scan, text, visitor } from "./world.mjs";

test("the main job: scan, stamp until the card is full, redeem, undo", async (t) => {
	const card = await newCustomer({ first_name: "Helmi", last_name: "Korhonen" });
	const customer = await visitor(t);
	await customer.goto(card.link);
	const till = await cashier(t);

	await scan(till, card.code);
	assert.equal(await text(till, "#who"), "Helmi K.");
	assert.match(await text(till, ".found .said"), /0 of 10 stamps 10 to go/);

	await till.click('[data-quantity="9"]');
	await till.click("#stamp");
	await till.locator(".outcome.good", { hasText: "9 stamps given" }).waitFor();
	await customer.locator(".said", { hasText: "9 of 10 stamps" }).waitFor();
	assert.equal(await till.evaluate(() => document.activeElement?.id), "handle", "the scanner's field has the focus again");

	await till.fill("#quantity", "3");
	await till.click("#stamp");
	await till.locator(".outcome.reward", { hasText: "3 stamps given" }).waitFor();
	await till.locator("#found .said", { hasText: "2 of 10 stamps" }).waitFor();
	await customer.locator(".ready").waitFor();

	await till.locator("#coupons button").click();
	await till.waitForSelector("#redeem[open]");
	assert.match(await text(till, "#redeem-text"), /Helmi K\. gets it now/);
	await till.locator("#redeem button", { hasText: "Cancel" }).click();
	assert.equal(await till.locator("#coupons button").count(), 1, "cancelling redeems nothing");
	await till.locator("#coupons button").click();
	await till.locator("#redeem button", { hasText: "Redeem" }).click();
	await till.locator(".outcome", { hasText: "Redeemed:" }).waitFor();
	await till.locator("#coupons .none").waitFor();
	await customer.locator(".ready").waitFor({ state: "detached" });

	await till.click("#undo");
	await till.locator(".outcome.undone").waitFor();
	assert.equal(await till.locator("#coupons button").count(), 1, "the reward is back");
	await customer.locator(".ready").waitFor();
});

test("the sound button says what it is", async (t) => {
	const till = await cashier(t);
	const sound = till.locator("#sound");
	assert.equal(await sound.innerText(), "Sound is on");
	await sound.click();
	assert.equal(await sound.innerText(), "Sound is off");
});

test("undo ends after ten seconds", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await till.clock.install();
	await scan(till, card.code);
	await till.click("#stamp");
	await till.locator("#undo", { hasText: "Undo (10 s)" }).waitFor();
	await till.clock.runFor(4_000);
	await till.locator("#undo", { hasText: "Undo (6 s)" }).waitFor();
	await till.clock.runFor(6_000);
	await till.locator("#undo").waitFor({ state: "hidden" });
});

test("customer numbers work too, and nonsense is told by colour, sign and words", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await scan(till, card.number);
	assert.equal(await text(till, "#who"), "Helmi");
	await till.keyboard.type("NOBODY");
	await till.keyboard.press("Enter");
	const outcome = till.locator(".outcome.unknown", { hasText: "No card found" });
	await outcome.waitFor();
	assert.equal(await outcome.locator("use").getAttribute("href"), "#i-unknown");
	assert.equal(await till.locator("#found").isHidden(), true, "the card before is not shown any more");
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
	await till.locator(".outcome.good", { hasText: "1 stamp given" }).waitFor();
	assert.equal(keys.length, 2);
	assert.equal(keys[0], keys[1]);
	await till.locator("#found .said", { hasText: "1 of 10 stamps" }).waitFor();
});

test("pressing again after giving up uses the same key", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await till.clock.install();
	await scan(till, card.code);
	const keys = new Set();
	let lost = true;
	await till.route("**/v1/stamps", async (route) => {
		keys.add(route.request().headers()["idempotency-key"]);
		if (lost) {
			if (keys.size === 1) {
				await route.fetch();
			}
			await route.abort("connectionreset");
		} else {
			await route.continue();
		}
	});
	await till.click("#stamp");
	for (let i = 0; i < 60 && !(await till.locator(".outcome.unknown").count()); i++) {
		await till.clock.runFor(4_000);
	}
	await till.locator(".outcome.unknown", { hasText: "That did not work" }).waitFor();
	lost = false;
	await till.click("#stamp");
	await till.locator(".outcome.good").waitFor();
	assert.equal(keys.size, 1);
	await till.locator("#found .said", { hasText: "1 of 10 stamps" }).waitFor();
	await till.click("#stamp");
	await till.locator("#found .said", { hasText: "2 of 10 stamps" }).waitFor();
	assert.equal(keys.size, 2, "another stamp has another key");
});

test("without a network the till says so, and goes on when it is back", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t);
	await scan(till, card.code);
	await till.context().setOffline(true);
	await till.click("#stamp");
	await till.locator(".outcome.wait", { hasText: "No network." }).waitFor();
	await till.context().setOffline(false);
	await till.locator(".outcome.good", { hasText: "1 stamp given" }).waitFor();
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
	await till.locator("#found .said", { hasText: "1 of 10 stamps" }).waitFor();
});

test("a new customer gets a card at the till", async (t) => {
	const till = await cashier(t);
	await till.click("#new-customer");
	await till.locator("#join-form button[type=submit]").click();
	await till.locator("#join-error", { hasText: "A phone number or an e-mail address is needed." }).waitFor();
	await till.fill("#join-name", "Toini");
	await till.fill("#join-email", `toini-${Date.now()}@example.org`);
	await till.locator("#join-form button[type=submit]").click();
	await till.waitForSelector("#handover[open]");
	await till.waitForFunction(() => document.getElementById("handover-qr").naturalWidth > 0);
	assert.match(await text(till, "#handover-number"), /^\d{3} \d{3} \d{4}$/);
	await till.locator("#handover button").click();
	await till.locator("#who", { hasText: "Toini" }).waitFor();
});

test("an owner pairs a till, a cashier signs in by keyboard and by touch, and locks it", async (t) => {
	const owner = await visitor(t, desk);
	await owner.goto(demo.staff_url);
	await owner.fill("#name", "Test till");
	await owner.selectOption("#location_id", demo.location_id);
	await owner.getByRole("button", { name: "Make a pairing code" }).click();
	const code = await text(owner, ".big-code");

	const till = await visitor(t, desk);
	await till.goto(base + "/till");
	await till.fill("#code", code.toLowerCase());
	await till.keyboard.press("Enter");
	await till.locator(".people a").first().waitFor();
	const name = await text(till, ".people a >> nth=0");
	await till.locator(".people a").first().click();
	await till.fill("#pin", "0000");
	await till.keyboard.press("Enter");
	await till.locator("#pin-error", { hasText: "The PIN is not right." }).waitFor();
	for (const digit of demo.pin) {
		await till.click(`[data-digit="${digit}"]`);
	}
	await till.getByRole("button", { name: "Sign in" }).click();
	await till.waitForSelector("#handle");
	assert.match(await text(till, ".till-top .where"), new RegExp(name));
	await till.getByRole("button", { name: "Lock" }).click();
	await till.locator(".people").waitFor();
});

test("sound can be switched off and stays off", async (t) => {
	const till = await cashier(t);
	assert.equal(await till.locator("#sound").getAttribute("aria-pressed"), "true");
	await till.click("#sound");
	await till.reload();
	assert.equal(await till.locator("#sound").getAttribute("aria-pressed"), "false");
});
