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
	assert.ok(await rows(page).count() > 0);
});
