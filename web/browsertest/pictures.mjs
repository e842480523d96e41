// Pictures of the pages, for looking at and for the documentation:
// node pictures.mjs FOLDER

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { base, cashier, demo, desk, newCustomer, phone, scan, smallPhone, stamp, visitor } from "./world.mjs";

const folder = process.argv[2] ?? "pictures";
mkdirSync(folder, { recursive: true });
const devices = { phone: { ...phone, deviceScaleFactor: 2 }, small: { ...smallPhone, deviceScaleFactor: 2 }, desk };

test("pictures", async (t) => {
	const card = await newCustomer({ first_name: "Helmi" });
	await stamp(card, 10);
	await stamp(card, 4);
	const pages = { start: base + "/", join: demo.join_url, card: card.link, poster: demo.poster_url };
	for (const [device, options] of Object.entries(devices)) {
		for (const colorScheme of ["light", "dark"]) {
			const keep = async (page, name) => page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`), fullPage: true });
			for (const [name, url] of Object.entries(pages)) {
				const page = await visitor(t, { ...options, colorScheme });
				await page.goto(url + "?lang=en");
				await keep(page, name);
			}
			const till = await cashier(t, { ...options, colorScheme });
			await keep(till, "till-ready");
			await till.getByRole("button", { name: "New customer" }).click();
			await keep(till, "till-new");
			await till.keyboard.press("Escape");
			await scan(till, card.code);
			await keep(till, "till-card");
			await till.click("#stamp");
			await till.locator(".outcome.good").waitFor();
			await keep(till, "till-stamped");
			await till.locator(".coupons button").first().click();
			await keep(till, "till-redeem");
			await till.keyboard.press("Escape");
			await till.context().setOffline(true);
			await till.locator("#stamp:enabled").click();
			await till.locator(".outcome.saved").waitFor();
			await keep(till, "till-offline");
			await till.getByRole("button", { name: "Today" }).click();
			await keep(till, "till-today");
			await till.context().setOffline(false);
			await till.locator(".who").click();
			await till.locator(".people").waitFor();
			await keep(till, "till-who");
			await till.locator(".people button").first().click();
			await keep(till, "till-pin");
			const owner = await visitor(t, { ...options, colorScheme });
			await owner.goto(demo.staff_url);
			await owner.goto(base + "/staff");
			await keep(owner, "staff");
		}
	}
});
