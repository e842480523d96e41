// What owners and managers do, by keyboard alone: nothing is clicked, and each step
// begins where the last one left the focus.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hands } from "./keyboard.mjs";
import { base, demo, desk, forReview, newCustomer, owner, signInLink, stamp, visitor } from "./world.mjs";

/** Sits down at the console, with the steps that all stories are made of. */
async function atDesk(t, path = "/") {
	const page = await owner(t, path, { isMobile: false, hasTouch: false });
	const keys = hands(page);
	const { press, has } = keys;
	const heading = (name) => page.getByRole("heading", { level: 1, name });
	const notice = (hasText) => page.locator(".notices .notice", { hasText }).waitFor();
	return {
		page, ...keys, heading, notice,
		button: (name, exact = true) => page.getByRole("button", { name, exact }),
		dialog: page.getByRole("dialog"),
		/** Goes anywhere by the palette. */
		to: async (typed, name) => {
			await press("Control+k");
			await has(page.locator(".palette input"));
			await page.keyboard.type(typed);
			await page.locator(".palette [role=option][aria-selected=true]", { hasText: typed }).waitFor();
			await press("Enter");
			await has(heading(name), "a room begins with its heading");
		},
		/** Takes back what was done last. */
		undo: async (said) => {
			await press("Control+z");
			await notice(said);
		},
	};
}

test("by keyboard alone: sign in, the way to a room, dark, another language, sign out", async (t) => {
	const page = await visitor(t, { ...desk, isMobile: false, hasTouch: false });
	const { has, tabTo, go, press, choose } = hands(page);
	const heading = (name) => page.getByRole("heading", { level: 1, name });
	await page.goto(`${base}/console`);
	await tabTo(page.locator("#link"));
	await page.keyboard.type("https://elsewhere.example/signin/leimala/li_leimala_AB");
	await press("Enter");
	await page.getByText("This is not a sign-in link of this server.").waitFor();
	await has(page.locator("#link"));

	await page.goto(demo.staff_url);
	await heading("Overview").waitFor();
	await press("Tab");
	await has(page.getByRole("link", { name: "Skip to content" }));
	await press("Enter");
	await has(page.locator("#main"));
	await tabTo(page.getByRole("navigation").getByRole("link", { name: "Programs" }), { back: true });
	await press("Enter");
	await has(heading("Programs"));
	await choose(page.getByLabel("Light or dark"), /^Dark$/);
	await page.locator("html[data-mantine-color-scheme=dark]").waitFor();
	await choose(page.locator(".preferences select").first(), /Suomi/);
	await page.locator("html[lang=fi]").waitFor();
	await page.getByRole("heading", { level: 1, name: "Ohjelmat" }).waitFor();
	await press("Control+k");
	await has(page.locator(".palette input"));
	await page.keyboard.type("English");
	await page.locator(".palette [role=option][aria-selected=true]", { hasText: "English" }).waitFor();
	await press("Enter");
	await page.locator(".palette").waitFor({ state: "detached" });
	await page.locator("html[lang=en]").waitFor();
	await go(page.getByRole("button", { name: "Sign out" }));
	await heading("Sign in").waitFor();
});

test("by keyboard alone: sign in by a link that works once", async (t) => {
	const page = await visitor(t, { ...desk, isMobile: false, hasTouch: false });
	const { has, tabTo, go, press } = hands(page);
	const heading = (name) => page.getByRole("heading", { level: 1, name });
	const link = signInLink("owner@leimala.example.org");
	await page.goto(`${base}/console`);
	await tabTo(page.locator("#link"));
	await page.keyboard.type(link);
	await press("Enter");
	await page.waitForURL(/\/signin\//);
	await go(page.getByRole("button", { name: "Sign in" }));
	await heading("Overview").waitFor();
	await page.getByText("Signed in as Aino Apteekkari").waitFor();
	await go(page.getByRole("button", { name: "Sign out" }));
	await heading("Sign in").waitFor();

	await tabTo(page.locator("#link"));
	await page.keyboard.type(link);
	await press("Enter");
	await page.waitForURL(/\/signin\//);
	await go(page.getByRole("button", { name: "Sign in" }));
	await heading("This link does not work any more").waitFor();
	assert.equal((await page.request.get(`${base}/v1/me`)).status(), 401, "a second time it opens nothing");
});

test("by keyboard alone: find a customer, change them, correct, reissue, block, record a yes; and back", async (t) => {
	const last_name = `Keys${randomUUID().slice(0, 8)}`;
	const card = await newCustomer({ first_name: "Tabitha", last_name });
	const serial = String(Date.now());
	const { page, has, tabTo, go, fill, press, heading, notice, button, dialog, undo } = await atDesk(t, "/customers");

	await tabTo(page.getByRole("searchbox"));
	await page.keyboard.type(last_name);
	await page.waitForURL(/query=Keys/);
	await go(page.getByRole("link", { name: `Tabitha ${last_name}` }));
	await has(heading(`Tabitha ${last_name}`));

	await go(button("Correct the balance"));
	await has(dialog.getByLabel("Stamps"));
	await press("Escape");
	await has(button("Correct the balance"), "a dialog gives the focus back");
	await press("Enter");
	await has(dialog.getByLabel("Stamps"));
	await press("Control+a");
	await page.keyboard.type("3");
	await fill(dialog.getByLabel("Reason"), "By keyboard");
	await press("Enter");
	await notice("3 stamps added");
	await has(button("Correct the balance"));
	await tabTo(page.locator(".notices").getByRole("button", { name: "Undo" }));
	await press("Enter");
	await notice("Taken back");
	await page.locator("[data-balance='0']").waitFor();

	await go(button("New code and link"));
	await go(dialog.getByRole("button", { name: "Make new ones" }));
	await page.locator("[data-link]").waitFor();
	assert.notEqual(await page.locator("[data-link]").getAttribute("data-link"), card.link);
	await go(dialog.getByRole("button", { name: "Close" }).last());
	await has(button("New code and link"));

	await go(button("Link an old card"));
	await has(dialog.getByLabel("Number of the old card"));
	await page.keyboard.type(`KX-${serial}`);
	await press("Enter");
	await notice("The old card leads to this card now");
	await page.locator(`[data-old-number=KX${serial}]`).waitFor();
	await go(button("Remove the old card"));
	await notice("The old card leads nowhere any more");
	await undo("The old card leads to this card now");

	await fill(page.getByLabel("First name"), "Tabea");
	await press("Control+s");
	await notice("Saved");
	await has(page.getByLabel("First name"), "what is saved by Ctrl and S can be typed on");
	await go(button("Record a yes").first());
	await notice("A yes is recorded");
	await undo("A no is recorded");

	await tabTo(button("Block"), { back: true });
	await press("Enter");
	await has(dialog.getByLabel("Reason"));
	await page.keyboard.type("Other people’s receipts");
	await press("Enter");
	await notice("The customer is blocked");
	await has(heading(`Tabea ${last_name}`), "the button is gone, its room is not");
	await undo("The block is lifted");
});

test("by keyboard alone: two customers are merged and parted again", async (t) => {
	const last_name = `Kaksonen${randomUUID().slice(0, 6)}`;
	const kept = await newCustomer({ first_name: "Helmi", last_name });
	await stamp(await newCustomer({ first_name: "Helmi", last_name }), 2);
	const { page, has, tabTo, go, heading, notice, dialog } = await atDesk(t, `/customers/${kept.customer_id}`);
	await heading(`Helmi ${last_name}`).waitFor();
	await go(page.getByRole("button", { name: "Merge with another" }));
	await has(dialog.getByRole("searchbox"));
	await go(dialog.getByRole("list", { name: "Customers found" }).getByRole("button").first());
	await dialog.getByRole("row", { name: /2 of 10/ }).waitFor();
	await tabTo(dialog.getByRole("button", { name: "The other way round" }));
	await go(dialog.getByRole("button", { name: "Merge", exact: true }));
	await notice("The two are one customer now");
	await page.locator("[data-balance='2']").waitFor();
	await has(page.getByRole("button", { name: "Merge with another" }));
	await go(page.getByRole("button", { name: /^Undo merge/ }));
	await go(dialog.getByRole("button", { name: "Undo merge" }));
	await notice("The merge is undone");
	await has(heading(`Helmi ${last_name}`));
});

test("by keyboard alone: a program from a preset, with preview and try-out, changed, stopped, started again", async (t) => {
	const { page, has, tabTo, go, fill, choose, press, heading, notice, button, dialog, to, undo } = await atDesk(t);
	const name = `Keys ${randomUUID().slice(0, 8)}`;
	await to("Add a program", "Add a program");
	await go(page.getByRole("button", { name: "Ten, and one free" }));
	await has(heading("Add a program"), "the preset is gone, its room is not");
	await fill(page.getByLabel("Name", { exact: true }), name);
	await fill(page.getByLabel("Stamps on a card"), "4");
	await choose(page.locator(".preview").getByLabel("What is shown"), /Apple/);
	await page.locator(".preview .pass.apple").waitFor();
	const trial = page.locator(".tryout");
	await go(trial.getByRole("button", { name: "3 stamps" }));
	await trial.locator('[data-balance="3"]').waitFor();
	await go(trial.getByRole("button", { name: "A day" }));
	await go(trial.getByRole("button", { name: "1 stamp", exact: true }), { back: true });
	await trial.getByText("Ready to use").waitFor();
	await go(trial.getByRole("button", { name: /^Use/ }));
	await trial.getByText("Used", { exact: true }).waitFor();
	await go(button("Keep as a draft"), { back: true });
	await notice("Kept as a draft");
	await has(heading(name));

	await fill(page.getByLabel("Stamps on a card"), "6");
	await go(page.getByRole("link", { name: "Staff" }), { back: true });
	await has(dialog.getByRole("button", { name: "Stay here" }));
	await press("Enter");
	await dialog.waitFor({ state: "detached" });
	await tabTo(page.getByLabel("Stamps on a card"));
	await go(button("Save"));
	await notice("Saved");
	await has(heading(name), "there is nothing more to save");
	await go(button("Start"));
	await notice("The program is running");
	await go(button("Stop"));
	await go(dialog.getByRole("button", { name: "Stop" }));
	await notice("The program is stopped");
	await undo("The program is running");
	// The stories share one shop, and tills without network keep to the limits of all its programs.
	await go(button("Stop"));
	await go(dialog.getByRole("button", { name: "Stop" }));
	await notice("The program is stopped");
});

test("by keyboard alone: a branch, somebody new with a PIN, a till, an API key", async (t) => {
	const { page, has, tabTo, go, fill, choose, press, heading, notice, button, dialog, to, undo } = await atDesk(t);
	const run = randomUUID().slice(0, 8);
	await to("Add somebody", "Add somebody");
	await go(button("Add somebody"));
	await page.getByText("This is needed.").first().waitFor();
	await has(page.getByLabel("Name"), "what is missing can be typed at once");
	await page.keyboard.type(`Ylva ${run}`);
	await choose(page.getByLabel("Role"), /Manager/);
	await go(button("Add somebody"));
	await heading(`Ylva ${run}`).waitFor();
	await fill(page.getByLabel("PIN", { exact: true }), "482915");
	await press("Enter");
	await notice("has a new PIN");
	await go(button("Take away access"));
	await go(dialog.getByRole("button", { name: "Take away access" }));
	await notice("can sign in no more");
	await undo("can sign in again");

	await to("Pair a till", "Pair a till");
	await fill(page.getByLabel("Name"), `Till ${run}`);
	await choose(page.getByLabel("Branch"), /./);
	await press("Tab");
	await go(button("Make a pairing code"), { back: true });
	await page.locator("[data-code]").waitFor();
	await has(heading("Pair a till"));

	await to("Make an API key", "Make an API key");
	await fill(page.getByLabel("Name"), `Keys ${run}`);
	await choose(page.getByLabel("Purpose"), /^Reports/);
	await go(button("Make an API key"));
	await page.locator("[data-token]").waitFor();
	await go(page.getByRole("link", { name: "I have kept it" }));
	await has(heading("API keys"));
	await go(page.getByRole("row", { name: `Keys ${run}` }).getByRole("button", { name: "Revoke" }));
	await has(dialog.getByRole("button", { name: "Close" }));
	await go(dialog.getByRole("button", { name: "Revoke" }));
	await notice("is revoked");
	await has(heading("API keys"));

	await to("Branches", "Branches");
	await go(page.getByRole("cell").getByRole("link").first());
	const address = page.getByLabel("Address");
	await address.waitFor();
	const before = await address.inputValue();
	await fill(address, "Keyboard street 1");
	await press("Control+s");
	await notice("Saved");
	await press("Control+a");
	await (before ? page.keyboard.type(before) : press("Backspace"));
	await press("Control+s");
	await page.waitForFunction(() => !document.querySelector(".form-bar"));
	await tabTo(page.getByRole("navigation").getByRole("link", { name: "Staff" }), { back: true });
});

test("by keyboard alone: import a file with errors, take lists along, look at reviews, rewards and the audit log", async (t) => {
	const { page, has, tabTo, go, file, choose, press, heading, notice, button, dialog, to, undo } = await atDesk(t);
	const run = randomUUID().slice(0, 8);
	const rows = ["time,receipt,customer,store,amount,class", `2026-04-03T09:15:00Z,${run}-1,A-${run},Tori,4.90,F`, `yesterday,${run}-2,B-${run},Tori,5.00,F`];
	await to("Import receipts", "Import receipts");
	await file(page.locator("#file"), { name: `keys-${run}.csv`, mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) });
	await go(button("Next"));
	await has(heading("Import receipts"));
	await go(button("Back"));
	await has(heading("Import receipts"), "a step back begins with the heading, too");
	await page.getByText(`keys-${run}.csv`).waitFor();
	await go(button("Next"));
	await has(heading("Import receipts"));
	await choose(page.getByLabel("Legal class of the product"), /^class$/);
	await tabTo(page.getByLabel("How the time is written"));
	await press("Control+a");
	await page.keyboard.type("rfc3339");
	await choose(page.getByLabel("“F” means"), /^No medicine$/);
	await go(button("Try it out"));
	await page.getByText("This is what would happen.").waitFor();
	await go(page.getByRole("button", { name: "Import 1 receipt" }));
	await page.locator(".outcome .badge", { hasText: /^Done$/ }).waitFor();
	await has(page.getByRole("heading", { level: 1 }));
	await tabTo(page.getByRole("link", { name: "Save as CSV" }));
	const [errors] = await Promise.all([page.waitForEvent("download"), press("Enter")]);
	assert.match(readFileSync(await errors.path(), "utf8"), /yesterday/);

	await to("Exports", "Exports");
	await tabTo(page.getByRole("row", { name: /Rewards/ }).getByRole("button", { name: "CSV" }));
	const [list] = await Promise.all([page.waitForEvent("download"), press("Enter")]);
	assert.match(list.suggestedFilename(), /\.csv$/);
	await notice("The file is saved");

	const card = await newCustomer({ first_name: `Review${run}` });
	await forReview(card, 2);
	await to("Review", "Review");
	await go(page.getByRole("row", { name: new RegExp(`Review${run}`) }).getByRole("button", { name: /^Dismiss/ }));
	await has(dialog.getByLabel("Reason"));
	await page.keyboard.type("Given on paper");
	await press("Enter");
	await dialog.waitFor({ state: "detached" });
	await has(heading("Review"), "the line is gone");
	await press("Control+z");
	await page.getByRole("row", { name: new RegExp(`Review${run}`) }).waitFor();

	await to("Rewards", "Rewards");
	await choose(page.getByLabel("State"), /^Ready to use$/);
	await page.waitForURL(/status=issued/);
	await tabTo(page.getByLabel("Earned from"));
	await page.keyboard.type("01012020");
	await page.waitForURL(/from=2020-01-01/);
	await to("Audit log", "Audit log");
	await choose(page.getByRole("search").getByLabel("What"), /^Import started$/);
	await page.waitForURL(/action=import\.started/);
	await go(page.getByRole("link", { name: "Look at it" }).first());
	await has(page.getByRole("heading", { level: 1 }));
});

test("by keyboard alone: how passes look, and back to the design before", async (t) => {
	const { page, has, fill, choose, go, press, notice, button } = await atDesk(t);
	const made = await page.request.post(`${base}/v1/programs`, {
		headers: { "Sec-Fetch-Site": "same-origin" }, data: { name: { en: `Keys ${randomUUID().slice(0, 8)}` }, goal: 10, rewards: [{ kind: "main", name: { en: "Tea" } }] },
	});
	assert.ok(made.ok(), await made.text());
	await page.goto(`${base}/console/passes/${(await made.json()).id}`);
	await fill(page.getByLabel("Background", { exact: true }), "#112233");
	await choose(page.getByLabel("Stamp", { exact: true }), /^Leaf$/);
	await choose(page.getByLabel("Code for the till"), /^Aztec$/);
	await press("Control+s");
	await notice("Saved");
	await has(page.getByLabel("Code for the till"));
	await go(button("Back to the previous design"));
	await notice("This is the previous design");
	assert.equal(await page.getByLabel("Code for the till").inputValue(), "qr");
	await go(button("Save"));
	await notice("Saved");
});

test("by keyboard alone: the brand's colour and words, and its logo", async (t) => {
	const { page, tabTo, go, file, fill, choose, press, notice, button, dialog, has, heading } = await atDesk(t, "/settings");
	const organization = async () => (await page.request.get(`${base}/v1/organization`)).json();
	const { brand } = await organization();
	const before = await (await page.request.get(base + brand.logo)).body();
	try {
		const picture = await page.locator(".logo.large").screenshot();
		await file(button("Choose another picture"), { name: "logo.png", mimeType: "image/png", buffer: picture });
		await notice("The logo is on all pages");
		await go(button("Take the logo away"));
		await go(dialog.getByRole("button", { name: "Take the logo away" }));
		await notice("The logo is gone");
		await has(heading("Settings"));
		await fill(page.getByLabel("Colour", { exact: true }), "#ffd400");
		await page.getByText("Stamps on paper are drawn darker").waitFor();
		await tabTo(page.getByRole("tab").first());
		await press("ArrowRight");
		await has(page.getByRole("tab").nth(1));
		await fill(page.getByLabel("Welcome line"), "By keyboard");
		await choose(page.getByLabel("What is shown"), /join page/);
		await press("Control+s");
		await notice("Saved");
		assert.equal((await organization()).brand.color, "#ffd400");
	} finally {
		const { version } = await organization();
		const sent = await page.request.patch(`${base}/v1/organization`, {
			headers: { "Sec-Fetch-Site": "same-origin", "If-Match": `"${version}"` }, data: { brand: { color: brand.color, texts: brand.texts } },
		});
		assert.ok(sent.ok(), await sent.text());
		await page.request.put(`${base}/v1/organization/logo`, { headers: { "Content-Type": "image/png", "Sec-Fetch-Site": "same-origin" }, data: before });
	}
});
