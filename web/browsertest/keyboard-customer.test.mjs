// What a customer does, by keyboard alone: nothing is clicked, and each step begins
// where the last one left the focus.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hands } from "./keyboard.mjs";
import { demo, desk, newCustomer, openCard, stamp, text, visitor } from "./world.mjs";

/** Has a wallet, and a keyboard beside it. */
const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const seated = { ...desk, isMobile: false, hasTouch: false };

test("by keyboard alone: join, mend what was wrong, and the card is there", async (t) => {
	const page = await visitor(t, seated);
	const { has, tabTo, go, fill, press } = hands(page);
	await page.goto(demo.join_url);
	await press("Tab");
	await has(page.getByRole("link", { name: "Skip to the content" }));
	await press("Enter");
	await press("Tab");
	await has(page.locator("#first_name"), "the link leads past everything before the form");
	await page.keyboard.type("Helmi");
	await fill(page.locator("#phone"), "12");
	await tabTo(page.locator("input[type=checkbox]").first());
	await press("Space");
	assert.equal(await page.locator("input[type=checkbox]").first().isChecked(), true);
	await go(page.getByRole("button", { name: "Get my card" }));
	await has(page.locator("#errors"), "what is wrong is read first");
	await press("Tab", "Enter");
	await has(page.locator("#phone"), "and leads to its field");
	await press("Control+a", "Delete");
	await fill(page.locator("#email"), `keys-${Date.now()}@example.org`);
	await press("Enter");
	await page.waitForURL(/\/card\//);
	assert.match(await text(page, ".hello"), /Helmi/);
	await tabTo(page.getByRole("button", { name: "Send the link again" }));
	await tabTo(page.getByRole("link", { name: "Suomi" }));
	await press("Enter");
	await page.locator("html[lang=fi]").waitFor();
});

test("by keyboard alone: show the code and a reward, keep the page and take it back, agree and withdraw", async (t) => {
	const card = await newCustomer();
	await stamp(card, 13);
	const page = await visitor(t, { ...seated, userAgent: iphone });
	await page.addInitScript(() => { window.print = () => { window.printed = true; }; });
	const { has, tabTo, go, press } = hands(page);
	await openCard(page, card);

	await go(page.locator(".reward"));
	await page.waitForSelector("#reward[open]");
	await has(page.locator("#reward").getByRole("button", { name: "Close" }));
	// A stamp comes in meanwhile and the row behind the screen is made anew.
	await stamp(card, 1);
	await page.locator(".said", { hasText: "4 of 10 stamps" }).waitFor();
	await press("Escape");
	await has(page.locator(".reward"));

	await go(page.locator("#enlarge"));
	await page.waitForSelector("#large[open]");
	await has(page.locator("#large").getByRole("button", { name: "Close" }));
	await press("Enter");
	await has(page.locator("#enlarge"));

	await tabTo(page.locator("a.wallet"));
	const [pass] = await Promise.all([page.waitForEvent("download"), press("Enter")]);
	assert.match(pass.suggestedFilename(), /\.pkpass$/);

	const consent = page.locator(".consent").first();
	await go(consent.getByRole("button", { name: "Agree" }));
	await consent.getByRole("button", { name: "Withdraw" }).waitFor();
	await page.waitForLoadState(); // the page comes anew, and nobody is as quick as that
	await press("Tab");
	await has(consent.getByRole("button", { name: "Withdraw" }), "one goes on where one was");
	await press("Enter");
	await consent.getByRole("button", { name: "Agree" }).waitFor();
	await go(page.getByRole("button", { name: "Print" }));
	assert.equal(await page.evaluate(() => window.printed), true);
});
