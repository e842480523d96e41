// The end of a demo, by keyboard alone: what customers are asked gets new words, and the
// made-up customers go. Files run in the order of their names, so nobody misses them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hands } from "./keyboard.mjs";
import { demo, newCustomer, owner } from "./world.mjs";

test("by keyboard alone: a permission is added, the made-up customers go, and empty rooms lead on", async (t) => {
	const page = await owner(t, "/settings", { isMobile: false, hasTouch: false });
	const { go, fill, has, press } = hands(page);
	const dialog = page.getByRole("dialog");
	const notice = (hasText) => page.locator(".notices .notice", { hasText }).waitFor();
	await page.getByRole("button", { name: "Add a permission" }).waitFor();
	await go(page.getByRole("button", { name: "Add a permission" }));
	await fill(dialog.getByLabel("Words").first(), "May we tell you of the new shop?");
	await go(dialog.getByRole("button", { name: "Save" }));
	await notice("Customers are asked this from now on");
	await page.getByText("May we tell you of the new shop?").first().waitFor();

	await go(page.getByRole("button", { name: "Remove all customers" }));
	const confirm = dialog.getByLabel(`Type ${demo.slug} to confirm`);
	await has(confirm);
	await page.keyboard.type("another");
	assert.ok(await dialog.getByRole("button", { name: "Remove all customers" }).isDisabled(), "another name removes nothing");
	await press("Control+a");
	await page.keyboard.type(demo.slug);
	await go(dialog.getByRole("button", { name: "Remove all customers" }));
	await notice("All customers are removed");

	for (const [room, next] of [["Customers", /./], ["Rewards", /./], ["Review", /./]]) {
		await go(page.getByRole("navigation").getByRole("link", { name: room, exact: true }), { back: true });
		await page.getByRole("heading", { level: 1, name: room }).waitFor();
		await page.locator(".empty").getByRole("link", { name: next }).or(page.locator(".empty").getByRole("button", { name: next })).first().waitFor();
	}
	const card = await newCustomer({ first_name: "Aino" });
	assert.ok(card.link, "whoever comes now gets a card");
});
