// Everything that is done at the till, by keyboard alone: nothing is clicked, and each
// step begins where the last one left the focus.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { hands, PERSON_MS } from "./keyboard.mjs";
import { base, browserArguments, cashier, demo, desk, entries, executablePath, newCustomer, outcome, pairingCode, scannerTypes, SOON_MS, stamp, text, visitor } from "./world.mjs";

/** What a till is told that promised a stamp which is not to be had. */
const refusal = {
	status: 409, contentType: "application/problem+json",
	body: JSON.stringify({ type: "urn:leima:problem:cool_down", title: "", status: 409, code: "cool_down", detail: "", request_id: "", retryable: false }),
};

test("by keyboard alone: pair a till, sign in, hand it over, lock it, take it out of service", async (t) => {
	const till = await visitor(t, { ...desk, isMobile: false, hasTouch: false });
	const { has, tabTo, go, type, press, choose } = hands(till, { stroke: PERSON_MS });
	const button = (name) => till.getByRole("button", { name });
	const heading = (name) => till.getByRole("heading", { name });
	const signIn = async (name, pin = demo.pin) => {
		await go(till.locator(".people").getByRole("button", { name }));
		await has(till.locator("#pin"), "the PIN can be typed at once");
		await type(pin);
		await press("Enter");
	};

	await till.goto(base + "/till");
	await tabTo(till.locator("#code"));
	await type("leimala-AAAA-AAAA");
	await press("Enter");
	await till.locator("#code-error", { hasText: "This code is not valid." }).waitFor();
	await press("Control+a");
	await till.keyboard.type(await pairingCode(t, "Keys"));
	await press("Enter");
	await has(heading("Who is at the till?"));
	await signIn("Kaisa Kassa", "0000");
	await till.locator("#pin-error", { hasText: "The PIN is not right." }).waitFor();
	await has(till.locator("#pin"));
	await type(demo.pin);
	await press("Enter");
	await has(till.getByRole("heading", { level: 1 }));

	await go(button(/Kaisa Kassa/));
	await has(heading("Who is at the till?"));
	await go(till.locator(".people").getByRole("button", { name: "Joonas Jokunen" }));
	await has(till.locator("#pin"));
	await go(button("Who is at the till?"));
	await has(heading("Who is at the till?"));
	await signIn("Joonas Jokunen");
	await button(/Joonas Jokunen/).waitFor();

	await go(button("Settings"));
	await has(heading("Settings"));
	await tabTo(till.getByLabel("Sound"));
	await press("Space");
	assert.equal(await till.getByLabel("Sound").isChecked(), false);
	await choose(till.locator("#lock-after"), /^15 minutes$/);
	await choose(till.locator("#language"), /Svenska/);
	await heading("Inställningar").waitFor();
	await choose(till.locator("#language"), /English/);
	await go(button("Set up a scanner"));
	await has(heading("Set up a scanner"));
	await scannerTypes(till, "QWERTZ1234567890");
	await till.locator("#reading .refused", { hasText: "keyboard layout" }).waitFor();
	await go(till.getByRole("button", { name: "Back", exact: true }));
	await has(heading("Settings"));
	await go(button("Lock"));
	await has(heading("Who is at the till?"));

	await signIn("Petteri Päällikkö");
	await has(till.getByRole("heading", { level: 1, name: "Till" }));
	await go(button("Settings"));
	await go(button("Take this till out of service"));
	await till.waitForSelector("dialog[open]");
	await press("Escape");
	await has(button("Take this till out of service"));
	await press("Enter");
	await tabTo(till.locator("#leave-pin"));
	await type(demo.pin);
	await press("Enter");
	await tabTo(till.locator("#code"));
});

test("by keyboard alone: scan, stamp, redeem, undo, find by number and phone, take back, see the day", async (t) => {
	const phone = `+35841${String(Date.now()).slice(-7)}`;
	const [card, other] = [await newCustomer({ first_name: "Helmi" }), await newCustomer({ first_name: "Aada", phone })];
	await stamp(card, 7);
	const till = await cashier(t, { isMobile: false, hasTouch: false });
	const { has, tabTo, go, fill, type, press } = hands(till, { stroke: PERSON_MS });
	const button = (name) => till.getByRole("button", { name });
	const who = (name) => till.locator("#who", { hasText: name });

	await scannerTypes(till, card.code);
	await has(who("Helmi"), "a scan leads to the customer");
	await go(till.getByRole("button", { name: "3", exact: true }));
	await go(till.locator("#stamp"), { back: true });
	await outcome(till, "reward", "3 stamps given");
	// The card cools down: the button cannot be pressed again, but nobody starts over.
	await has(till.locator("#stamp, #who"), "after stamping, the customer is still in hand");

	await go(button(/^Redeem:/));
	await till.waitForSelector("dialog[open]");
	await has(button("Cancel"), "nothing is redeemed by an Enter too many");
	await press("Escape");
	await has(button(/^Redeem:/));
	await press("Enter");
	await go(till.getByRole("button", { name: "Redeem", exact: true }));
	await outcome(till, "reward", "Redeemed:");
	await has(who("Helmi"));
	await go(till.locator("#undo"), { back: true });
	await till.locator(".outcome.undone").waitFor();
	await has(who("Helmi"));
	await go(button("Next customer"));

	await fill(till.locator("#handle"), other.number);
	await press("Enter");
	await has(who("Aada"));
	await type(phone.replace("+358", "0"));
	await press("Enter");
	await has(who("Aada"), "what is typed goes to the field by itself");
	await fill(till.locator("#quantity"), "2");
	await go(till.locator("#stamp"), { back: true });
	await outcome(till, "good", "2 stamps given");

	await type(`640${String(Date.now()).slice(-10)}`);
	await press("Enter");
	await outcome(till, "unknown", "No card found");
	await go(button("Give this card to a customer"));
	await has(till.locator("#adopt-whose"));
	await press("Escape");
	await has(button("Give this card to a customer"));
	await press("Enter");
	await has(till.locator("#adopt-whose"));
	await till.keyboard.type(other.number);
	await press("Enter");
	await go(button(/^Give it to/));
	await outcome(till, "good", "card is");
	await go(button("Next customer"));

	await go(button("Today"));
	await has(till.getByRole("heading", { name: "Today" }));
	await go(button("Take back: 2 stamps Aada"));
	await has(till.locator("#why"));
	await press("Enter");
	await till.locator("#why-error", { hasText: "Say why" }).waitFor();
	await go(button("Wrong card"));
	await go(till.getByRole("button", { name: "Take back", exact: true }));
	await till.locator('#activity [data-state="reversed"]', { hasText: "Aada" }).waitFor();
	await has(till.getByRole("heading", { name: "Today" }), "the line's button is gone");
	const [reversal] = await entries(other);
	assert.deepEqual([reversal.kind, reversal.reason], ["reversal", "Wrong card"]);
	await go(till.getByRole("button", { name: "Back", exact: true }));
	await tabTo(till.locator("#handle"));
});

test("by keyboard alone: a new customer and their card on paper, stamps without network, and what was refused", async (t) => {
	const till = await visitor(t, { ...desk, isMobile: false, hasTouch: false });
	await till.addInitScript(() => { window.print = () => { window.printed = true; }; });
	await till.goto(demo.till_url);
	await till.waitForSelector("#handle");
	const { has, tabTo, go, type, press } = hands(till, { stroke: PERSON_MS });
	const button = (name) => till.getByRole("button", { name });

	await go(button("New customer"));
	await has(till.locator("#join-name"));
	await press("Escape");
	await has(button("New customer"));
	await press("Enter");
	await type("Toini");
	const joined = till.waitForResponse((r) => r.url().endsWith("/cards") && r.request().method() === "POST");
	await go(button("Make the card"));
	const card = await (await joined).json();
	await till.waitForSelector(".handover[open]");
	await go(button("Print"));
	assert.equal(await till.evaluate(() => window.printed), true);
	await go(till.locator(".handover").getByRole("button", { name: "Close" }));
	await has(till.locator("#who", { hasText: "Toini" }));

	await till.context().setOffline(true);
	await till.locator(".banner.gone").waitFor();
	await go(till.locator("#stamp"));
	await outcome(till, "saved");
	assert.match(await text(till, "#waiting"), /1/);
	await till.route("**/v1/stamps", (route) => route.fulfill(refusal));
	await till.route("**/v1/reviews", (route) => route.fulfill(refusal));
	await till.context().setOffline(false);
	await till.locator(".banner.review button").waitFor({ timeout: 3 * SOON_MS });
	await go(till.locator(".banner.review button"));
	await has(till.getByRole("heading", { level: 1 }));
	await go(till.locator("#reviews").getByRole("button").last());
	await till.waitForSelector("dialog[open]");
	await has(till.locator("#note"));
	await type("Given by hand");
	await press("Enter");
	await till.locator("#reviews li").waitFor({ state: "detached" });
	await has(till.getByRole("heading", { level: 1 }));
	await go(till.getByRole("button", { name: "Back", exact: true }));
	await tabTo(till.locator("#handle"));
	assert.deepEqual(await entries(card), []);
});

test("by keyboard alone: the camera on, another camera, its light, and off again", async (t) => {
	const browser = await chromium.launch({ executablePath, args: [...browserArguments, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2"] });
	t.after(() => browser.close());
	const till = await visitor(t, { ...desk, isMobile: false, hasTouch: false, browser, permissions: ["camera"] });
	await till.addInitScript(() => {
		MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
		MediaStreamTrack.prototype.applyConstraints = async () => undefined;
	});
	await till.goto(demo.till_url);
	await till.waitForSelector("#handle");
	const { has, tabTo, go, press } = hands(till, { stroke: PERSON_MS });
	const button = (name) => till.getByRole("button", { name });
	await go(button("Scan with the camera"));
	await has(button("Camera off"), "the button that turned it on turns it off");
	await till.locator("#camera option").nth(1).waitFor({ state: "attached" });
	const open = () => till.evaluate(() => document.querySelector("video").srcObject?.getVideoTracks()[0].getSettings().deviceId);
	const before = await open();
	await tabTo(till.locator("#camera"));
	await press(await till.locator("#camera option:checked").evaluate((o) => (o.nextElementSibling ? "ArrowDown" : "ArrowUp")));
	await till.waitForFunction((id) => (document.querySelector("video")?.srcObject?.getVideoTracks()[0].getSettings().deviceId ?? id) !== id, before);
	await has(till.locator("#camera"), "who chose a camera can choose on");
	await go(button("Light on"), { back: true });
	await has(button("Light off"));
	await press("Enter");
	await has(button("Light on"));
	await go(button("Camera off"), { back: true });
	await till.locator("video").waitFor({ state: "detached" });
	await has(button("Scan with the camera"));
});

test("by keyboard alone: the till is installed as an app, once", async (t) => {
	const till = await cashier(t, { isMobile: false, hasTouch: false });
	const { has, go } = hands(till, { stroke: PERSON_MS });
	const install = till.getByRole("button", { name: "Install as an app" });
	await go(till.getByRole("button", { name: "Settings" }));
	await till.getByRole("heading", { name: "Settings" }).waitFor();
	assert.equal(await install.count(), 0, "not offered before the browser does");
	// What a browser does once it finds that a page can be installed; headless ones never do.
	await till.evaluate(() => {
		window.asked = 0;
		dispatchEvent(Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt: async () => { window.asked++; } }));
	});
	await go(install);
	assert.equal(await till.evaluate(() => window.asked), 1);
	await install.waitFor({ state: "detached" });
	await has(till.getByRole("heading", { name: "Settings" }), "the button is gone, its room is not");
});
