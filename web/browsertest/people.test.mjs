// What managers do to customers as a whole: merge two who are one person, block one,
// give a card a new code for a phone that was lost. And what the till and the customer
// see of it.

import assert from "node:assert/strict";
import { randomInt, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { base, cashier, demo, desk, entries, newCustomer, openCard, outcome, phone, scan, scannerTypes, smallPhone, stamp, text, visitor } from "./world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Signs the demo's owner in at a customer's profile. */
async function profile(t, customerId, options = {}) {
	const page = await visitor(t, { ...desk, reducedMotion: "reduce", ...options });
	await page.goto(demo.staff_url);
	await page.waitForURL(/\/console/);
	await page.goto(`${base}/console/customers/${customerId}`);
	await page.locator("[data-balance]").first().waitFor();
	return page;
}

const notice = (page, hasText) => page.locator(".notices .notice", { hasText }).waitFor();

/** Fails if the screen has barriers, in both schemes. LEIMA_PICTURES is a folder for pictures of it. */
async function sound(page, name) {
	await page.evaluate(axe);
	for (const colorScheme of ["light", "dark"]) {
		await page.emulateMedia({ colorScheme });
		const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
		assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`), [], `${name}, ${colorScheme}`);
		if (process.env.LEIMA_PICTURES) {
			await page.screenshot({ path: `${process.env.LEIMA_PICTURES}/${name}-${colorScheme}-${page.viewportSize().width}.png`, fullPage: true });
		}
	}
	await page.emulateMedia({ colorScheme: null });
	const width = page.viewportSize().width;
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width + 1, `${name} is wider than ${width} pixels`);
}

/** Two customers of one surname that nobody else has. */
async function twins(stamps = [4, 8]) {
	const last_name = `Kaksonen${randomUUID().slice(0, 6)}`;
	const kept = await newCustomer({ first_name: "Helmi", last_name });
	const other = await newCustomer({ first_name: "Helmi", last_name, phone: `+35844${String(Date.now()).slice(-7)}` });
	await stamp(kept, stamps[0]);
	await stamp(other, stamps[1]);
	return { kept, other, last_name };
}

test("two customers are merged after a look at what it does, and parted again", async (t) => {
	const { kept, other } = await twins();
	const page = await profile(t, kept.customer_id);
	await page.getByText("never merged").waitFor();

	await page.getByRole("button", { name: "Merge with another" }).click();
	const dialog = page.getByRole("dialog");
	// Those of the same surname are offered before anything is typed.
	const offer = dialog.getByRole("list", { name: "Customers found" }).getByRole("button");
	await offer.filter({ hasText: other.number.slice(-4) }).waitFor();
	assert.equal(await offer.count(), 1, "nobody is merged with themselves");
	await sound(page, "merge-find");
	await offer.click();
	await dialog.getByRole("row", { name: /Phone number/ }).waitFor();
	const row = (name) => dialog.getByRole("row", { name }).innerText();
	assert.match(await row(/Phone number/), /\+35844\d{7}[\s\S]*–[\s\S]*\+35844\d{7}/, "what the one had none of comes from the other");
	assert.match(await row(/8 of 10/), /8 of 10 stamps[\s\S]*4 of 10 stamps[\s\S]*2 of 10 stamps/);
	await sound(page, "merge-preview");
	await dialog.getByRole("button", { name: "Merge", exact: true }).click();
	await notice(page, "The two are one customer now");
	await page.locator("[data-balance='2']").waitFor();
	await page.getByRole("row", { name: /Moved between cards/ }).waitFor();
	await sound(page, "merged");

	const till = await cashier(t);
	// The card in their pocket leads to whoever stayed.
	await scan(till, other.code);
	assert.match(await text(till, ".found .said"), /2 of 10 stamps/);

	// A look at the one who is no more, and back.
	await page.getByRole("listitem").filter({ hasText: "Came in" }).getByRole("link").click();
	await page.getByText("This customer was merged into").waitFor();
	assert.equal(await page.getByRole("button", { name: "Merge with another" }).count(), 0);
	await sound(page, "merged-away");
	await page.locator(".standing").getByRole("link").click();

	await page.getByRole("button", { name: /^Undo merge/ }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Undo merge" }).click();
	await notice(page, "The merge is undone");
	await page.locator("[data-balance='4']").waitFor();
	await page.getByText("undone on").waitFor();
	await scan(till, other.code);
	await till.locator(".found .said", { hasText: "8 of 10 stamps" }).waitFor();
	assert.deepEqual((await entries(other)).map((e) => [e.kind, e.quantity]), [["unmerge", 8], ["merge", -8], ["stamp", 8]]);
});

test("a merge whose stamps were used cannot be undone, and the screen says why", async (t) => {
	const { kept, other } = await twins([4, 8]);
	const page = await profile(t, kept.customer_id);
	await page.getByRole("button", { name: "Merge with another" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByRole("list", { name: "Customers found" }).getByRole("button").click();
	// The other one is to stay.
	await dialog.getByRole("button", { name: "The other way round" }).click();
	await dialog.getByRole("row", { name: /4 of 10/ }).waitFor();
	await dialog.getByRole("button", { name: "Merge", exact: true }).click();
	await page.waitForURL(new RegExp(other.customer_id));
	await page.locator("[data-balance='2']").waitFor();

	const till = await cashier(t);
	await scan(till, other.code);
	await till.locator(".coupons button").click();
	await till.locator("dialog button", { hasText: "Redeem" }).click();
	await outcome(till, "reward", "Redeemed:");
	await page.getByRole("button", { name: /^Undo merge/ }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Undo merge" }).click();
	await page.getByRole("alert").filter({ hasText: "came with the merge and has been used since" }).waitFor();
	await sound(page, "undo-refused");
});

test("a blocked customer is known at the till and gets nothing, until they are unblocked", async (t) => {
	const card = await newCustomer({ first_name: "Estelle", last_name: `Este${randomUUID().slice(0, 6)}` });
	await stamp(card, 13);
	const customer = await visitor(t);
	await openCard(customer, card);
	const page = await profile(t, card.customer_id);
	await page.getByRole("button", { name: "Block", exact: true }).click();
	const dialog = page.getByRole("dialog");
	const confirm = dialog.getByRole("button", { name: "Block", exact: true });
	assert.equal(await confirm.isDisabled(), true, "a reason is needed");
	await dialog.getByLabel("Reason").fill("Other people’s receipts");
	await sound(page, "block");
	await confirm.click();
	await notice(page, "The customer is blocked");
	await page.locator(".standing", { hasText: "Other people’s receipts" }).waitFor();
	await sound(page, "blocked");

	const till = await cashier(t);
	await scan(till, card.code);
	await till.locator(".refusal", { hasText: "This customer is blocked" }).waitFor();
	assert.equal(await till.locator("#stamp").isDisabled(), true);
	assert.equal(await till.locator(".coupons button").isDisabled(), true);
	await customer.locator("#blocked", { hasText: "Your card is on hold" }).waitFor();
	await sound(customer, "card-blocked");

	await page.getByRole("button", { name: "Unblock" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Unblock" }).click();
	await notice(page, "The block is lifted");
	await page.locator(".standing").waitFor({ state: "detached" });
	await page.getByRole("heading", { name: "Earlier blocks" }).waitFor();
	await customer.locator("#blocked").waitFor({ state: "detached" });
	await till.getByRole("button", { name: "Next customer" }).click();
	// Typed: the same code twice in a row from a scanner would be one reading.
	await till.fill("#handle", card.number);
	await till.keyboard.press("Enter");
	await till.waitForSelector(".found");
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");

	// Undone from the notice: blocked again, for the same reason.
	await page.locator(".notices").getByRole("button", { name: "Undo" }).click();
	await page.locator(".standing", { hasText: "Other people’s receipts" }).waitFor();
});

test("a lost phone: the card gets a new code and link, and the old ones are dead", async (t) => {
	const card = await newCustomer();
	await stamp(card, 3);
	const page = await profile(t, card.customer_id);
	await page.getByRole("button", { name: "New code and link" }).click();
	await sound(page, "reissue");
	await page.getByRole("dialog").getByRole("button", { name: "Make new ones" }).click();
	const link = await page.locator("[data-link]").getAttribute("data-link");
	assert.notEqual(link, card.link);
	await page.getByRole("img", { name: "QR code with the new link" }).waitFor();
	await sound(page, "reissued");

	const till = await cashier(t);
	await scannerTypes(till, card.code);
	await outcome(till, "unknown", "No card found");
	const customer = await visitor(t);
	assert.equal((await customer.goto(card.link)).status(), 404);
	await openCard(customer, { link });
	assert.match(await text(customer, ".said"), /3 of 10 stamps/);
	const fresh = (await customer.locator(".ticket dd").first().innerText()).replace(/\s/g, "");
	await scan(till, fresh);
	assert.match(await text(till, ".found .said"), /3 of 10 stamps/);
});

test("a plastic card that nobody knows is given to a customer at the till, or to a new one", async (t) => {
	const card = await newCustomer();
	await stamp(card, 3);
	const till = await cashier(t);
	const plastic = () => `640${String(Date.now()).slice(-9)}${randomInt(10)}`;
	const unknown = async (number) => {
		await scannerTypes(till, number);
		await outcome(till, "unknown", "No card found");
		await till.click("#adopt");
	};
	const first = plastic();
	await unknown(first);
	await sound(till, "adopt");
	await till.fill("#adopt-whose", "nobody");
	await till.keyboard.press("Enter");
	await till.locator("#adopt-error", { hasText: "No card found" }).waitFor();
	await till.fill("#adopt-whose", card.number);
	await till.keyboard.press("Enter");
	await till.locator("#adopt-form button", { hasText: "Give it to" }).click();
	await outcome(till, "good", "card is");
	assert.match(await text(till, ".found .said"), /3 of 10 stamps/);
	await till.getByRole("button", { name: "Next customer" }).click();
	await till.fill("#handle", first);
	await till.keyboard.press("Enter");
	await till.waitForSelector(".found");
	assert.match(await text(till, ".found .said"), /3 of 10 stamps/);
	await till.getByRole("button", { name: "Next customer" }).click();

	const second = plastic();
	await unknown(second);
	await till.locator("#adopt-form button", { hasText: "New customer" }).click();
	await till.fill("#join-name", "Plasti");
	await till.locator("#join-form button", { hasText: "Make the card" }).click();
	await till.locator("#handover-number").waitFor();
	await till.locator("dialog.handover button", { hasText: "Close" }).click();
	await till.waitForSelector(".found");
	await till.getByRole("button", { name: "Next customer" }).click();
	await till.fill("#handle", second);
	await till.keyboard.press("Enter");
	await till.locator(".found", { hasText: "Plasti" }).waitFor();
});

test("a plastic card is linked in the console, and taken off", async (t) => {
	const [card, other] = [await newCustomer({ first_name: "Muovi" }), await newCustomer({ first_name: "Toinen" })];
	const number = `6400${Date.now()}`;
	const till = await cashier(t);
	const link = async (page, typed) => {
		await page.getByRole("button", { name: "Link an old card" }).click();
		const dialog = page.getByRole("dialog", { name: "Link an old card" });
		await dialog.getByLabel("Number of the old card").fill("bonus card");
		await dialog.getByText("6 to 32 letters and digits, one of them a digit.").waitFor();
		await dialog.getByLabel("Number of the old card").fill(typed);
		await page.keyboard.press("Enter");
		return dialog;
	};
	const page = await profile(t, card.customer_id);
	const old = page.getByRole("region", { name: "Old card" });
	await old.getByText("No old card leads here.").waitFor();
	await sound(page, "old-card-none");
	// As it is printed; what a scanner reads has no spaces.
	await link(page, `${number.slice(0, 4)} ${number.slice(4)}`);
	await notice(page, "The old card leads to this card now");
	await old.getByText(number, { exact: true }).waitFor();
	await sound(page, "old-card");
	await scan(till, number);
	await till.locator(".found", { hasText: "Muovi" }).waitFor();

	const elsewhere = await profile(t, other.customer_id);
	const refused = await link(elsewhere, number);
	await refused.getByText("This is in use already.").waitFor();
	await sound(elsewhere, "old-card-taken");
	await elsewhere.keyboard.press("Escape");

	await old.getByRole("button", { name: "Remove the old card" }).click();
	await notice(page, "The old card leads nowhere any more");
	await old.getByText("No old card leads here.").waitFor();
	await link(elsewhere, number);
	await notice(elsewhere, "The old card leads to this card now");
	await page.getByRole("button", { name: "Undo" }).click();
	await page.locator(".notice.bad", { hasText: "This is in use already." }).waitFor();
});

test("the page of a merged card says where the stamps are", async (t) => {
	const { kept, other } = await twins([3, 2]);
	const page = await profile(t, kept.customer_id);
	await page.getByRole("button", { name: "Merge with another" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByRole("list", { name: "Customers found" }).getByRole("button").click();
	await dialog.getByRole("button", { name: "Merge", exact: true }).click();
	await notice(page, "The two are one customer now");
	for (const size of [undefined, phone, smallPhone]) {
		const customer = await visitor(t, size ?? desk);
		await customer.goto(other.link);
		await customer.getByRole("heading", { name: "one with your other card" }).waitFor();
		assert.match(await text(customer, ".said"), /5 of 10 stamps/);
		await sound(customer, "moved");
	}
});

for (const size of [phone, smallPhone]) {
	test(`merging and blocking fit ${size.viewport.width} pixels, and work by keyboard alone`, async (t) => {
		const { kept } = await twins();
		const page = await profile(t, kept.customer_id, size);
		await page.getByRole("button", { name: "Merge with another" }).focus();
		await page.keyboard.press("Enter");
		const dialog = page.getByRole("dialog");
		const offer = dialog.getByRole("list", { name: "Customers found" }).getByRole("button");
		await offer.waitFor();
		await page.waitForFunction(() => document.activeElement?.type === "search");
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		await dialog.getByRole("row", { name: /8 of 10/ }).waitFor();
		await sound(page, "small-preview");
		await dialog.getByRole("button", { name: "Merge", exact: true }).focus();
		await page.keyboard.press("Enter");
		await notice(page, "The two are one customer now");
		await page.getByRole("button", { name: "Block", exact: true }).focus();
		await page.keyboard.press("Enter");
		await dialog.getByLabel("Reason").waitFor();
		await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
		await page.keyboard.type("By keyboard");
		await page.keyboard.press("Enter");
		await page.locator(".standing", { hasText: "By keyboard" }).waitFor();
		await sound(page, "small-blocked");
	});
}
