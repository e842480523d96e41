// The console, as owners use it: from an empty form to a customer's history, and what
// happens when two people, a bad file or a closed door get in the way.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { base, demo, desk, newCustomer, owner, signInLink, SOON_MS, stamp, visitor } from "./world.mjs";

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const notice = (page, hasText) => page.locator(".notices .notice", { hasText }).waitFor();

/** Sends a request of the API as whoever is signed in on the page. */
async function ask(page, method, path, { body, version } = {}) {
	const response = await page.request.fetch(base + path, {
		method, headers: { "Sec-Fetch-Site": "same-origin", ...(version && { "If-Match": `"${version}"` }) }, ...(body && { data: body }),
	});
	assert.ok(response.ok(), `${path}: ${response.status()} ${await response.text()}`);
	return response.status() === 204 ? undefined : response.json();
}

test("from a new program to a customer's history", async (t) => {
	const page = await owner(t, "/programs");
	const name = `Coffee ${randomUUID().slice(0, 8)}`;

	await page.getByRole("link", { name: "Add a program" }).click();
	await page.getByRole("button", { name: "Ten, and one free" }).click();
	await page.getByLabel("Name", { exact: true }).fill(name);
	await page.getByLabel("Stamps on a card").fill("6");
	const card = page.locator(".preview .face");
	await card.getByText(name).waitFor();
	await page.locator(".preview").getByLabel("Language").selectOption("en");
	await card.getByText("2 of 6 stamps").waitFor();
	await page.getByRole("button", { name: "Add and start" }).click();
	await notice(page, "The program is running");
	await heading(page, name);
	const programId = page.url().split("/").pop();

	await page.goto(`${base}/console/tills/new`);
	await page.getByLabel("Name").fill("Story till");
	await page.getByRole("button", { name: "Make a pairing code" }).click();
	const code = await page.locator("[data-code]").getAttribute("data-code");
	assert.match(code, /^leimala-/);
	assert.match(await page.getByRole("timer").innerText(), /^(10:00|9:\d\d)$/);
	// What the QR code leads to: the new till has the code already.
	const till = await visitor(t, desk);
	await till.goto(`${base}/till#code=${code}`);
	assert.equal(await till.inputValue("#code"), code);
	await till.getByRole("button", { name: "Pair" }).click();
	await till.getByRole("heading", { name: "Who is at the till?" }).waitFor();
	await page.getByText("Story till is paired").waitFor();

	const surname = `Story${randomUUID().slice(0, 8)}`;
	const form = await visitor(t);
	await form.goto(`${base}/join/${demo.slug}/${programId}`);
	await form.fill("#first_name", "Helmi");
	await form.fill("#last_name", surname);
	await form.fill("#email", `${surname}@example.org`);
	await form.click("button[type=submit]");
	await form.waitForURL(/\/card\//);

	await page.getByRole("link", { name: "Customers" }).click();
	await page.getByRole("searchbox").fill(surname);
	await page.waitForURL(/query=Story/);
	await page.getByRole("link", { name: `Helmi ${surname}` }).click();
	await heading(page, `Helmi ${surname}`);
	await page.getByText("0 of 6 stamps").first().waitFor();

	await page.getByRole("button", { name: "Correct the balance" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByLabel("Stamps").fill("4");
	assert.equal(await dialog.getByRole("button", { name: "Correct the balance" }).isDisabled(), true, "a reason is needed");
	await dialog.getByLabel("Reason").fill("The till was down on Friday");
	await dialog.getByText("Now 0, then 4.").waitFor();
	await dialog.getByRole("button", { name: "Correct the balance" }).click();
	await notice(page, "4 stamps added");
	await page.locator("[data-balance='4']").waitFor();
	const line = page.getByRole("row", { name: /Correction/ });
	assert.match(await line.innerText(), /The till was down on Friday[\s\S]*\+4/);

	await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
	await notice(page, "Taken back");
	await page.locator("[data-balance='0']").waitFor();
	await page.getByRole("row", { name: /Taken back/ }).waitFor();
	assert.equal(await line.getByRole("button", { name: "Take back" }).count(), 0, "what was taken back is not taken back again");

	await page.goto(`${base}/console/programs/${programId}`);
	await page.getByRole("button", { name: "Stop" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
	await notice(page, "The program is stopped");
	await form.goto(`${base}/join/${demo.slug}/${programId}`);
	assert.match(await form.locator("main").innerText(), /no stamp card|gives out no/i);
});

test("a program is tried out with a test customer before anybody has it", async (t) => {
	const page = await owner(t, "/programs/new");
	await page.getByRole("button", { name: "Ten, and one free" }).click();
	await page.getByLabel("Stamps on a card").fill("4");
	const trial = page.locator(".tryout");
	const balance = (n) => trial.locator(`[data-balance="${n}"]`).waitFor();
	await balance(0);

	await trial.getByRole("button", { name: "3 stamps" }).click();
	await balance(3);
	await trial.getByText("The till would say: This card was stamped a moment ago.").waitFor();
	await trial.getByRole("button", { name: "1 stamp", exact: true }).click();
	await trial.locator("li.no", { hasText: "This card was stamped a moment ago" }).waitFor();
	await trial.getByRole("button", { name: "A minute" }).click();
	await trial.getByText("One more stamp can be given now.").waitFor();
	await trial.getByRole("button", { name: "2 stamps" }).click();
	await balance(1);
	await trial.getByText("Ready to use").waitFor();

	// The rules are changed, and what happened with them.
	await page.getByLabel("Stamps on a card").fill("6");
	await balance(5);
	assert.equal(await trial.getByText("Ready to use").count(), 0);
	await page.getByLabel("Stamps on a card").fill("4");
	await trial.getByText("Ready to use").waitFor();

	await trial.getByRole("button", { name: /^Use/ }).click();
	await trial.getByText("Used", { exact: true }).waitFor();
	await trial.getByRole("button", { name: "Take back" }).click();
	await trial.getByText("Ready to use").waitFor();
	for (let i = 0; i < 7; i++) {
		await trial.getByRole("button", { name: "30 days" }).click();
	}
	await trial.getByText("Expired").waitFor();

	await page.getByLabel("Stamps on a card").fill("1");
	await page.getByText("Complete the form first").waitFor();
});

test("a limit says what a cashier will read", async (t) => {
	const page = await owner(t, "/programs/new");
	await page.getByRole("button", { name: "An empty form" }).click();
	await page.getByText("Limits against mistakes and fraud").click();
	const limit = (name) => page.locator(`[data-limit="${name}"]`);
	await limit("max_per_scan").getByText("No limit.").waitFor();
	await page.getByLabel("Most stamps at once").fill("3");
	await limit("max_per_scan").getByText("The till would say: At most 3 stamps can be given at once.").waitFor();
	await page.getByLabel("Unit of time").selectOption("days");
	await page.getByLabel("Shortest time between two stampings of a card").fill("2");
	await limit("cool_down_seconds").getByText("Try again in 48 hours.").waitFor();
	await page.getByLabel("Shortest time between two stampings of a card").fill("32");
	await page.getByRole("button", { name: "Keep as a draft" }).click();
	await page.getByText("A whole number, at most 31 days.").waitFor();
});

test("two people change one program: each sees what the other wants, and chooses", async (t) => {
	const page = await owner(t);
	const { id, limits } = await ask(page, "POST", "/v1/programs", { body: {
		name: { fi: `Kortti ${randomUUID().slice(0, 8)}` }, goal: 10, rewards: [{ kind: "main", name: { fi: "Kahvi" } }],
	} });
	const program = () => ask(page, "GET", `/v1/programs/${id}`);
	const elsewhere = async (body) => ask(page, "PATCH", `/v1/programs/${id}`, { version: (await program()).version, body });
	await page.goto(`${base}/console/programs/${id}`);
	const goal = page.getByLabel("Stamps on a card");

	await goal.fill("12");
	await elsewhere({ goal: 15 });
	await page.keyboard.press("Control+s");
	const conflict = page.getByRole("alertdialog", { name: "Somebody else changed this too" });
	await conflict.waitFor();
	assert.match(await conflict.getByRole("row", { name: /Stamps on a card/ }).innerText(), /12[\s\S]*15/);
	await conflict.getByRole("button", { name: "Take theirs" }).click();
	assert.equal(await goal.inputValue(), "15");
	assert.equal((await program()).goal, 15);

	await goal.fill("9");
	await elsewhere({ goal: 16 });
	await page.getByRole("button", { name: "Save" }).click();
	await conflict.getByRole("button", { name: "Keep mine" }).click();
	await notice(page, "Saved");
	assert.equal((await program()).goal, 9);

	// What does not touch is brought together without a question.
	await goal.fill("11");
	await elsewhere({ limits: { ...limits, max_per_scan: 7 } });
	await page.getByRole("button", { name: "Save" }).click();
	await page.waitForFunction(() => !document.querySelector(".form-bar"));
	const both = await program();
	assert.deepEqual([both.goal, both.limits.max_per_scan], [11, 7]);
	assert.equal(await conflict.count(), 0);
});

test("totals change by themselves after a stamp", async (t) => {
	const card = await newCustomer();
	const page = await owner(t);
	const today = page.locator("[data-live]").getByRole("definition").first();
	const stamps = async () => Number((await page.locator("[data-live] dd").first().innerText()).replace(/\D/g, ""));
	await today.waitFor();
	const before = await stamps();
	await stamp(card, 3);
	await page.waitForFunction((n) => Number(document.querySelector("[data-live] dd").textContent.replace(/\D/g, "")) === n, before + 3, { timeout: SOON_MS });
});

test("a file with errors is tried out, mended by its mapping and imported", async (t) => {
	const page = await owner(t, "/imports/new");
	const run = randomUUID().slice(0, 8);
	const file = [
		"Aika;Kuitti;Asiakas;Myymälä;Summa;Luokka",
		`03.04.2026 09:15;${run}-1;A-${run};Tori;4,90;V`,
		`03.04.2026 09:15;${run}-1;A-${run};Tori;12,00;R`,
		`yesterday;${run}-2;B-${run};Tori;5,00;V`,
		`04.04.2026 10:00;${run}-3;B-${run};Tori;9,00;V`,
	].join("\n");
	await page.locator("#file").setInputFiles({ name: `receipts-${run}.csv`, mimeType: "text/csv", buffer: Buffer.from(file) });
	await page.getByRole("button", { name: "Next" }).click();

	assert.equal(await page.getByLabel("Customer’s number").inputValue(), "Asiakas");
	assert.equal(await page.getByLabel("Legal class of the product").inputValue(), "Luokka");
	// "yesterday" is among the first lines, so the layout cannot be told.
	await page.getByLabel("How the time is written").fill("02.01.2006 15:04");
	assert.equal(await page.getByLabel("“V” means").inputValue(), "prescription", "unexplained codes are prescriptions");
	await page.getByLabel("“V” means").selectOption({ label: "No medicine" });
	await page.getByRole("button", { name: "Try it out" }).click();

	await page.getByText("This is what would happen.").waitFor();
	const errors = page.getByRole("table", { name: "Rows that could not be used" });
	assert.match(await errors.innerText(), /Row 4[\s\S]*Aika[\s\S]*yesterday[\s\S]*This is not a time written like this: 02\.01\.2006 15:04/);
	const count = (name) => page.locator(".outcome .facts div", { has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) }).locator("dd").first().innerText();
	assert.equal(await count("Receipts entered"), "2");
	assert.equal(await count("Rows left out by law"), "1");

	await page.getByRole("button", { name: "Import 2 receipts" }).click();
	await page.waitForURL(/\/imports\/imp_/);
	await page.locator(".outcome .badge", { hasText: /^Done$/ }).waitFor();
	assert.equal(await count("Stamps"), "2");
	await page.getByRole("table", { name: "Rows that could not be used" }).waitFor();
	const save = async (name) => {
		const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
		assert.match(download.suggestedFilename(), /-errors-of-imp_.*\.csv$/);
		return readFileSync(await download.path(), "utf8");
	};
	assert.match(await save("Save as CSV"), /^\ufeffrow,column,value,reason,code\r\n4,Aika,yesterday,This is not a time .*,time_layout\r\n/);
	// The reason is said in the language of whoever reads it, also in the file.
	await page.getByLabel("Language").selectOption("fi");
	const finnish = "Tämä ei ole aika, joka on kirjoitettu näin: 02.01.2006 15:04";
	await page.getByRole("table", { name: "Rivit, joita ei voitu käyttää" }).getByText(finnish, { exact: true }).waitFor();
	assert.ok((await save("Tallenna CSV-tiedostona")).includes(`4,Aika,yesterday,"${finnish}",time_layout`));
});

test("old cards come along in an import", async (t) => {
	const page = await owner(t, "/imports/new");
	const run = randomUUID().slice(0, 8);
	const number = `6400${Date.now()}`;
	const file = [
		"Aika;Kuitti;Asiakas;Vanha kortti",
		`2026-04-03 09:15;${run}-1;A-${run};${number}`,
		`2026-04-04 09:15;${run}-2;;${number.slice(0, 4)} ${number.slice(4)}`,
		`2026-04-05 09:15;${run}-3;B-${run};${number}`,
	].join("\n");
	await page.locator("#file").setInputFiles({ name: `plastic-${run}.csv`, mimeType: "text/csv", buffer: Buffer.from(file) });
	await page.getByRole("button", { name: "Next" }).click();
	assert.equal(await page.getByLabel("Old card’s number").inputValue(), "Vanha kortti");
	await page.getByLabel("No line of this file can be a medicine").check();
	await page.getByRole("button", { name: "Try it out" }).click();
	await page.getByText("This is what would happen.").waitFor();
	const errors = page.getByRole("table", { name: "Rows that could not be used" });
	const taken = "This old card leads to another customer’s card, or its number is a customer’s number.";
	await errors.getByText(taken).waitFor();
	await page.getByRole("button", { name: "Import 2 receipts" }).click();
	await page.locator(".outcome .badge", { hasText: /^Done$/ }).waitFor();
	await errors.getByText(taken).waitFor();
	const { card } = await ask(page, "POST", "/v1/scans", { body: { code: number, location_id: demo.location_id } });
	assert.equal(card.balance, 2);
});

test("nobody loses what they typed", async (t) => {
	const page = await owner(t, "/locations/new");
	await page.getByLabel("Name").fill("Harbour");
	await page.getByRole("link", { name: "Staff" }).click();
	const question = page.getByRole("dialog", { name: "Leave without saving?" });
	await question.getByRole("button", { name: "Stay here" }).click();
	assert.equal(await page.getByLabel("Name").inputValue(), "Harbour");
	await page.getByRole("link", { name: "Staff" }).click();
	await question.getByRole("button", { name: "Leave" }).click();
	await heading(page, "Staff");
});

test("somebody new gets a PIN, leaves and comes back", async (t) => {
	const page = await owner(t, "/staff/new");
	const name = `Ylva ${randomUUID().slice(0, 8)}`;
	await page.getByLabel("Name").fill(name);
	await page.getByRole("button", { name: "Add somebody" }).click();
	await heading(page, name);
	await page.getByLabel("PIN", { exact: true }).fill("1234");
	await page.getByRole("button", { name: "Set the PIN" }).click();
	await page.getByText("Everybody tries this one first.").waitFor();
	await page.getByLabel("PIN", { exact: true }).fill("482915");
	await page.getByRole("button", { name: "Set the PIN" }).click();
	await notice(page, `${name} has a new PIN`);
	await page.getByRole("button", { name: "Take away access" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Take away access" }).click();
	await notice(page, "can sign in no more");
	await page.getByRole("button", { name: "Undo" }).click();
	await notice(page, "can sign in again");
});

test("whoever runs one branch is not offered what they may not do at another", async (t) => {
	const page = await owner(t, "/tills");
	const tag = randomUUID().slice(0, 8);
	const branch = await ask(page, "POST", "/v1/locations", { body: { name: `Branch ${tag}` } });
	const email = `manager-${tag}@example.org`;
	await ask(page, "POST", "/v1/staff", { body: { name: `Manager ${tag}`, role: "manager", email, location_id: branch.id } });
	const pair = async (name, location_id) => {
		const { code } = await ask(page, "POST", "/v1/till-pairing-codes", { body: { name, location_id } });
		return (await ask(page, "POST", "/v1/tills", { body: { code } })).till;
	};
	const own = await pair(`Own ${tag}`, branch.id);
	const other = await pair(`Other ${tag}`, demo.location_id);

	const manager = await visitor(t, desk);
	await manager.goto(signInLink(email));
	await manager.getByRole("button", { name: "Sign in" }).click();
	await heading(manager, "Overview");
	await manager.goto(`${base}/console/tills`);
	await manager.getByRole("row", { name: other.name }).waitFor();
	assert.equal(await manager.getByRole("button", { name: `Unpair ${other.name}` }).count(), 0);
	await manager.getByRole("button", { name: `Unpair ${own.name}` }).click();
	await manager.getByRole("dialog").getByRole("button", { name: "Unpair" }).click();
	await notice(manager, `${own.name} is unpaired`);
	const refused = await manager.request.delete(`${base}/v1/tills/${other.id}`, { headers: { "Sec-Fetch-Site": "same-origin" } });
	assert.equal(refused.status(), 403);
	await manager.getByRole("link", { name: "Pair a till" }).click();
	await manager.getByLabel("Branch").locator("option", { hasText: branch.name }).waitFor({ state: "attached" });
	assert.deepEqual(await manager.getByLabel("Branch").locator("option").allInnerTexts(), [branch.name]);

	await manager.goto(`${base}/console/locations`);
	await manager.getByRole("link", { name: branch.name }).waitFor();
	assert.equal(await manager.locator("main table a").count(), 1, "the other branches cannot be opened");
	assert.equal(await manager.getByRole("link", { name: "Add a branch" }).count(), 0);
	await ask(page, "DELETE", `/v1/tills/${other.id}`);
});

test("an API key is shown once and can be ended", async (t) => {
	const page = await owner(t, "/keys/new");
	const name = `Reports ${randomUUID().slice(0, 8)}`;
	await page.getByLabel("Name").fill(name);
	await page.getByLabel("Purpose").selectOption({ label: "Reports: numbers only" });
	await page.getByRole("button", { name: "Make an API key" }).click();
	const token = await page.locator("[data-token]").innerText();
	const programs = () => fetch(`${base}/v1/programs`, { headers: { Authorization: `Bearer ${token}` } });
	assert.equal((await programs()).status, 200);
	await page.getByRole("link", { name: "I have kept it" }).click();
	await page.getByRole("row", { name }).getByRole("button", { name: "Revoke" }).click();
	assert.ok(!(await page.content()).includes(token), "it is not shown again");
	await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
	await notice(page, "is revoked");
	await page.getByRole("row", { name }).getByText("Revoked").waitFor();
	assert.equal((await programs()).status, 401);
});

test("settings change the brand, with the colours that customers will see", async (t) => {
	const page = await owner(t, "/settings");
	const { brand } = await ask(page, "GET", "/v1/organization");
	try {
		await page.getByLabel("Colour", { exact: true }).fill("#ffd400");
		await page.getByText("Stamps on paper are drawn darker").waitFor();
		const shown = await page.locator(".branded").evaluate((e) => getComputedStyle(e).getPropertyValue("--ink-brand"));
		await page.getByRole("button", { name: "Save" }).click();
		await notice(page, "Saved");
		const css = await (await page.request.get(`${base}/brand/${demo.slug}/style.css`)).text();
		assert.ok(css.startsWith(`:root{--brand:#ffd400;--on-brand:#161a1d;--accent-brand:#161a1d;--ink-brand:${shown};`), css);
	} finally {
		const { version } = await ask(page, "GET", "/v1/organization");
		await ask(page, "PATCH", "/v1/organization", { version, body: { brand: { color: brand.color } } });
	}
});

test("a logo and words of one's own are on the pages that customers see", async (t) => {
	const page = await owner(t, "/settings");
	const { brand } = await ask(page, "GET", "/v1/organization");
	const before = await (await page.request.get(base + brand.logo)).body();
	const join = await visitor(t);
	try {
		const picture = await page.locator(".logo.large").screenshot();
		await page.setInputFiles("#logo-file", { name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") });
		await page.getByText("Only PNG and JPEG pictures can be used.").waitFor();
		await page.setInputFiles("#logo-file", { name: "logo.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
		await page.locator("[role=alert]", { hasText: "PNG" }).waitFor();
		await page.setInputFiles("#logo-file", { name: "logo.png", mimeType: "image/png", buffer: picture });
		await notice(page, "The logo is on all pages");
		const now = (await ask(page, "GET", "/v1/organization")).brand.logo;
		assert.notEqual(now, brand.logo);
		await page.locator(`.organization img[src="${now}"]`).waitFor();

		await page.getByLabel("Welcome line").fill("Hyvää päivää");
		await page.getByRole("tab", { name: "English" }).click();
		await page.getByLabel("Welcome line").fill("Good day to you");
		await page.getByLabel("Or the address of the terms").fill("example.org");
		await page.getByText("An address such as https://example.org/terms.").waitFor();
		await page.getByLabel("Or the address of the terms").fill("https://example.org/terms");
		await page.getByLabel("What is shown").selectOption("join");
		const preview = page.locator(".preview");
		await preview.getByText("Hyvää päivää").waitFor();
		await preview.getByLabel("Language").selectOption("en");
		await preview.getByText("Good day to you").waitFor();
		await page.keyboard.press("Control+s");
		await notice(page, "Saved");

		await join.goto(`${base}/join/${demo.slug}/${demo.program_id}?lang=en`);
		await join.getByText("Good day to you").waitFor();
		assert.equal(await join.getByRole("link", { name: "Terms of use" }).getAttribute("href"), "https://example.org/terms");
		assert.ok(await join.locator("img.logo").first().evaluate((e) => e.complete && e.naturalWidth > 0));

		await page.getByRole("button", { name: "Take the logo away" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Take the logo away" }).click();
		await notice(page, "The logo is gone");
		await join.reload();
		assert.equal(await join.locator("img.logo").count(), 0);
	} finally {
		const { version } = await ask(page, "GET", "/v1/organization");
		await ask(page, "PATCH", "/v1/organization", { version, body: { brand: { texts: brand.texts } } });
		await page.request.put(`${base}/v1/organization/logo`, { headers: { "Content-Type": "image/png", "Sec-Fetch-Site": "same-origin" }, data: before });
	}
});

test("a preview shows the card, the join page and the passes in every language, light and dark", async (t) => {
	const page = await owner(t, "/programs/new");
	await page.getByRole("button", { name: "Ten, and one free" }).click();
	const preview = page.locator(".preview");
	await preview.getByText("4/10 leimaa").waitFor(); // in the shop's own language
	await preview.getByLabel("Language").selectOption("en");
	await preview.getByText("4 of 10 stamps").waitFor();
	await preview.getByLabel("What is shown").selectOption("apple");
	await preview.locator(".pass.apple", { hasText: "4/10" }).waitFor();
	await page.getByLabel("Stamps on a card").fill("5");
	await preview.locator(".pass.apple", { hasText: "2/5" }).waitFor();
	await preview.getByLabel("What is shown").selectOption("google");
	await preview.locator(".pass.google", { hasText: "2/5" }).waitFor();
	await preview.getByLabel("What is shown").selectOption("card");
	const light = await preview.locator(".face").evaluate((e) => getComputedStyle(e).backgroundColor);
	await preview.getByLabel("Light or dark").selectOption("dark");
	assert.notEqual(await preview.locator(".face").evaluate((e) => getComputedStyle(e).backgroundColor), light);
	await preview.getByLabel("Language").selectOption("de");
	await preview.getByText("2 von 5 Stempeln").waitFor();
});

test("signed out, the console asks to sign in; a pasted link of another server is refused", async (t) => {
	const page = await visitor(t, desk);
	await page.goto(`${base}/console/customers`);
	await heading(page, "Sign in");
	await page.getByLabel("Or paste the link here").fill("https://elsewhere.example/signin/leimala/li_leimala_AB");
	await page.getByRole("button", { name: "Open the link" }).click();
	await page.getByText("This is not a sign-in link of this server.").waitFor();

	await page.goto(demo.staff_url);
	await heading(page, "Overview");
	await page.getByRole("button", { name: "Sign out" }).click();
	await heading(page, "Sign in");
});

test("whoever is signed out while typing finds it again", async (t) => {
	const page = await owner(t, "/locations/new");
	await page.getByLabel("Name").fill("Harbour");
	await page.context().clearCookies();
	await page.getByRole("button", { name: "Add a branch" }).click();
	await heading(page, "Sign in");
	const other = await page.context().newPage();
	await other.goto(demo.staff_url);
	await other.close();
	await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
	await page.getByRole("heading", { level: 1, name: "Add a branch" }).waitFor();
	assert.equal(await page.getByLabel("Name").inputValue(), "Harbour");
});
