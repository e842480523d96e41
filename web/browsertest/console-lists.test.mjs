// The console's lists of the whole shop: what was earned and what became of it, what
// happened, who did what, and taking all of it along as a file.

import assert from "node:assert/strict";
import { test } from "node:test";
import { base, demo, newCustomer, owner, stamp } from "./world.mjs";

const rows = (page) => page.locator("table.list tbody tr");

test("a reward is found by what became of it, and its use is taken back", async (t) => {
	const page = await owner(t, "/coupons");
	const first_name = `Kaarina${Date.now() % 1e6}`;
	const card = await newCustomer({ first_name, last_name: "Koski" });
	const { coupons: [coupon] } = await stamp(card, 10);
	const redeemed = await page.request.post(`${base}/v1/coupons/${coupon.id}/redemption`, {
		headers: { "Idempotency-Key": `story:${coupon.id}`, "Sec-Fetch-Site": "same-origin" }, data: { location_id: demo.location_id },
	});
	assert.equal(redeemed.status(), 201);

	await page.reload();
	const line = page.getByRole("row", { name: new RegExp(first_name) });
	await line.getByText("Used", { exact: true }).waitFor();
	await page.getByLabel("State").selectOption("Ready to use");
	await page.waitForURL(/status=issued/);
	await line.waitFor({ state: "detached" });
	await page.getByLabel("State").selectOption("Used");
	await page.getByLabel("Earned from").fill("2020-01-01");
	await page.waitForURL(/from=2020-01-01/);
	await page.reload();
	assert.equal(await page.getByLabel("State").inputValue(), "redeemed", "the filters are in the address");
	assert.equal(await page.getByLabel("Earned from").inputValue(), "2020-01-01");

	await line.getByRole("button", { name: /Take back/ }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByLabel("Reason").fill("Wrong customer");
	await dialog.getByRole("button", { name: "Take back" }).click();
	await page.locator(".notices .notice", { hasText: "Taken back" }).waitFor();
	await line.waitFor({ state: "detached" });
	assert.equal((await (await page.request.get(`${base}/v1/coupons/${coupon.id}`)).json()).status, "issued");

	await page.getByLabel("Earned until").fill("2020-01-02");
	await page.getByText("No such reward").waitFor();
	await page.getByRole("link", { name: "Show everything" }).click();
	await line.getByRole("link", { name: `${first_name} K.` }).click();
	await page.getByRole("heading", { level: 1, name: `${first_name} Koski` }).waitFor();
});

/** Presses a button that saves a file, and returns its name and what is in it. */
async function saved(page, button) {
	const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
	const chunks = [];
	for await (const chunk of await download.createReadStream()) {
		chunks.push(chunk);
	}
	return { name: download.suggestedFilename(), file: Buffer.concat(chunks) };
}

test("customers who are searched for are taken along as a file", async (t) => {
	const last_name = `Viejä${Date.now() % 1e6}`;
	await newCustomer({ first_name: "=Anna", last_name });
	const page = await owner(t, `/customers?query=${encodeURIComponent(last_name)}`);
	await page.getByRole("link", { name: last_name }).waitFor();
	const csv = await saved(page, page.getByRole("button", { name: "As CSV" }));
	assert.match(csv.name, new RegExp(`^${demo.slug}-customers-\\d{4}-\\d\\d-\\d\\d\\.csv$`));
	const lines = csv.file.toString("utf8").trimEnd().split("\r\n");
	assert.equal(lines.length, 2, "the head and the one who was searched for");
	assert.ok(lines[0].startsWith("\ufeffnumber,first_name"));
	assert.ok(lines[1].includes(`,'=Anna,${last_name},`), lines[1]);
	await page.locator(".notices .notice", { hasText: "The file is saved" }).waitFor();

	await page.getByRole("link", { name: "Exports", exact: true }).click();
	await page.getByLabel("First day").fill("2026-01-01");
	await page.waitForURL(/from=2026-01-01/);
	const xlsx = await saved(page, page.getByRole("row", { name: /Everything that happened/ }).getByRole("button", { name: "As Excel" }));
	assert.match(xlsx.name, /-entries-.*\.xlsx$/);
	assert.equal(xlsx.file.subarray(0, 2).toString(), "PK");
});

test("the audit log tells who changed what", async (t) => {
	const page = await owner(t, "/programs/new");
	await page.getByRole("button", { name: "Ten, and one free" }).click();
	const name = `Audit ${Date.now() % 1e6}`;
	await page.getByLabel("Name", { exact: true }).fill(name);
	await page.getByRole("button", { name: "Keep as a draft" }).click();
	await page.getByRole("heading", { level: 1, name }).waitFor();
	await page.getByLabel("Stamps on a card").fill("7");
	await page.getByRole("button", { name: "Save" }).click();
	await page.locator(".notices .notice", { hasText: "Saved" }).waitFor();

	await page.getByRole("link", { name: "Audit log" }).click();
	await page.getByRole("heading", { level: 1, name: "Audit log" }).waitFor();
	await page.getByRole("search").getByLabel("What").selectOption("Program changed");
	await page.waitForURL(/action=program\.changed/);
	const line = rows(page).first();
	await line.getByText("Program changed").waitFor();
	assert.match(await line.innerText(), new RegExp(`${name}[\\s\\S]*Stamps on a card[\\s\\S]*7`));
	assert.doesNotMatch(await line.innerText(), /prog_/);
	await line.getByText("In full").click();
	assert.match(await line.innerText(), /subject_id\s+prog_[\s\S]*goal \+\s+7/);
	await line.getByRole("link", { name: "All changes to it" }).click();
	await page.waitForURL(/subject=prog_/);
	await page.getByRole("row", { name: /Program added/ }).waitFor();
	await rows(page).last().getByRole("link", { name: "Look at it" }).click();
	await page.getByRole("heading", { level: 1, name }).waitFor();
});

test("what happens is seen on the overview by itself", async (t) => {
	const first_name = `Lumi${Date.now() % 1e6}`;
	const card = await newCustomer({ first_name, last_name: "Salainen" });
	const page = await owner(t);
	await page.getByRole("heading", { name: "What happened last" }).waitFor();
	await stamp(card, 2);
	const line = page.getByRole("row", { name: new RegExp(`${first_name}[\\s\\S]*Stamps \\+2`) });
	await line.waitFor();
	assert.doesNotMatch(await line.innerText(), /Salainen/, "the first name only");
	await line.getByRole("link", { name: first_name }).click();
	await page.getByRole("heading", { level: 1, name: `${first_name} Salainen` }).waitFor();
});

const mapping = `format: csv
encoding: utf-8
delimiter: ","
header: 1
columns: { customer: who, receipt: receipt, location: store, at: { column: at, layouts: [rfc3339], zone: UTC } }
legal_class: { assume: other }
earn: { per: receipt, stamps: 1 }
customers: { match: external }
`;

test("a long import is stopped", async (t) => {
	const page = await owner(t, "/imports");
	const run = `stop${Date.now()}`;
	const lines = ["who,receipt,store,at"];
	for (let i = 0; i < 100_000; i++) {
		lines.push(`${run}-${i % 100},${run}-${i},${run},${new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString()}`);
	}
	const sent = await page.request.post(`${base}/v1/imports`, { headers: { "Sec-Fetch-Site": "same-origin" }, multipart: {
		program_id: demo.program_id, mapping, file: { name: `${run}.csv`, mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) },
	} });
	assert.equal(sent.status(), 202, await sent.text());
	const { id } = await sent.json();
	await page.goto(`${base}/console/imports/${id}`);
	await page.getByRole("button", { name: "Stop the import" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Stop the import" }).click();
	await page.locator(".outcome .badge", { hasText: /^Stopped$/ }).waitFor();
	await page.getByText("stopped by hand").waitFor();
	assert.equal(await page.getByRole("button", { name: /Stop/ }).count(), 0);
	const { counts } = await (await page.request.get(`${base}/v1/imports/${id}`)).json();
	assert.ok(counts.stamped + counts.refused < 100_000, "it did not go on to the end");
});

test("times are those of the organization, and whoever is elsewhere is told so", async (t) => {
	const card = await newCustomer({ first_name: "Aika" });
	await stamp(card, 1);
	const now = Date.now();
	const clock = (zone, at) => new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(at);
	for (const [timezoneId, told] of [["America/New_York", true], ["Europe/Helsinki", false], ["Europe/Kyiv", false]]) {
		const page = await owner(t, `/customers/${card.customer_id}`, { timezoneId });
		const when = page.getByRole("table", { name: "History" }).getByRole("row").nth(1);
		await when.waitFor();
		const minutes = [now - 60_000, now, now + 60_000].map((at) => clock("Europe/Helsinki", at));
		const line = await when.innerText();
		assert.ok(minutes.some((m) => line.includes(m)), `${line} has none of ${minutes}`);
		assert.equal(await page.getByText("Times are those of Europe/Helsinki.").count(), told ? 1 : 0, timezoneId);
	}
});
