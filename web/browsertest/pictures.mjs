// Pictures of the pages, for looking at and for the documentation:
// node pictures.mjs FOLDER

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { base, cashier, demo, desk, newCustomer, phone, scan, scannerTypes, smallPhone, stamp, visitor } from "./world.mjs";

const folder = process.argv[2] ?? "pictures";
mkdirSync(folder, { recursive: true });
const devices = Object.fromEntries(Object.entries({ phone: { ...phone, deviceScaleFactor: 2 }, small: { ...smallPhone, deviceScaleFactor: 2 }, desk })
	.filter(([device]) => !process.env.LEIMA_DEVICES || process.env.LEIMA_DEVICES.includes(device)));

/** The addresses of the console's rooms, by the names of their pictures. */
async function rooms(page, card) {
	const first = async (path) => (await (await page.request.get(`${base}${path}?limit=1`)).json()).data[0].id;
	return {
		home: "/", customers: "/customers", customer: `/customers/${card.customer_id}`, coupons: "/coupons", reviews: "/reviews?state=all",
		programs: "/programs", program: `/programs/${demo.program_id}`, presets: "/programs/new", locations: "/locations",
		location: `/locations/${await first("/v1/locations")}`, staff: "/staff", member: `/staff/${await first("/v1/staff")}`,
		tills: "/tills", pairing: "/tills/new", passes: "/passes", designer: `/passes/${demo.program_id}`, imports: "/imports", importing: "/imports/new", import: `/imports/${await first("/v1/imports")}`,
		exports: "/exports", audit: "/audit", keys: "/keys", key: "/keys/new", settings: "/settings", lost: "/nothing",
	};
}

/** Takes pictures of what opens over a room, and of a form that is not filled in. */
async function whatOpens(page, card, keep) {
	await page.goto(`${base}/console/customers/${card.customer_id}`);
	const open = async (name, picture) => {
		await page.getByRole("button", { name, exact: true }).click();
		await page.getByRole("dialog").getByRole("button").last().waitFor();
		await keep(picture);
		await page.keyboard.press("Escape");
	};
	await open("Correct the balance", "adjusting");
	await open("Merge with another", "merging");
	await open("Block", "blocking");
	await open("New code and link", "reissuing");
	await page.keyboard.press("Control+k");
	await page.locator(".palette [role=option]").first().waitFor();
	await keep("palette");
	await page.goto(`${base}/console/programs/${demo.program_id}`);
	await page.locator("main summary").last().waitFor();
	await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
	await keep("program-unfolded");
	await page.goto(`${base}/console/settings`);
	await open("Add a permission", "permission");
	await open("Remove all customers", "removing");
	await page.goto(`${base}/console/imports/new`);
	await page.locator("#file").setInputFiles({ name: "till.csv", mimeType: "text/csv", buffer: Buffer.from("time,receipt,customer,store,amount,class\n2026-04-03T09:15:00Z,1,A,Tori,4.90,F\nyesterday,2,B,Tori,5.00,F\n") });
	await page.getByRole("button", { name: "Next" }).click();
	await page.getByRole("button", { name: "Try it out" }).click();
	await page.getByRole("alert").waitFor();
	await keep("mapping");
	await page.getByRole("button", { name: "Back" }).click();
	await page.goto(`${base}/console/staff/new`);
	await page.getByRole("button", { name: "Add somebody" }).click();
	await page.getByText("This is needed.").waitFor();
	await keep("missing");
	await page.goto(`${base}/console/programs/new`);
	await page.getByRole("button", { name: "Ten, and one free" }).click();
	await page.locator(".tryout [data-balance]").waitFor();
	await keep("trying");
}

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
			await till.getByRole("button", { name: "Take back:" }).first().click();
			await keep(till, "till-taking-back");
			await till.keyboard.press("Escape");
			await till.getByRole("button", { name: "Back", exact: true }).click();
			await till.getByRole("button", { name: "Settings" }).click();
			await till.locator("#automatic").waitFor();
			await keep(till, "till-settings");
			await till.getByRole("button", { name: "Set up a scanner" }).click();
			await scannerTypes(till, "QWERTZ1234567890");
			await till.locator("#reading .refused").waitFor();
			await keep(till, "till-scanner");
			await till.getByRole("button", { name: "Back", exact: true }).click();
			await till.getByRole("button", { name: "Back", exact: true }).click();
			await scannerTypes(till, "NOBODY");
			await till.locator(".outcome.unknown").waitFor();
			await keep(till, "till-unknown");
			await till.getByRole("button", { name: "New customer" }).first().click();
			await till.fill("#join-name", "Toini");
			await till.getByRole("button", { name: "Make the card" }).click();
			await till.waitForSelector(".handover[open]");
			await keep(till, "till-handover");
			await till.locator(".handover").getByRole("button", { name: "Close" }).click();
			await till.locator(".who").click();
			await till.locator(".people").waitFor();
			await keep(till, "till-who");
			await till.locator(".people button").first().click();
			await keep(till, "till-pin");
			await till.keyboard.press("Escape");
			const owner = await visitor(t, { ...options, colorScheme });
			await owner.goto(demo.staff_url);
			await owner.goto(base + "/staff");
			await keep(owner, "staff");
			for (const [name, path] of Object.entries(await rooms(owner, card))) {
				await owner.goto(`${base}/console${path}`);
				await owner.waitForFunction(() => document.querySelector("h1") && !document.querySelector(".loading"));
				await keep(owner, `console-${name}`);
			}
			await whatOpens(owner, card, (name) => keep(owner, `console-${name}`));
			await owner.context().clearCookies();
			await owner.goto(`${base}/console`);
			await owner.locator("#link").waitFor();
			await keep(owner, "console-signin");
			const unpaired = await visitor(t, { ...options, colorScheme });
			await unpaired.goto(base + "/till");
			await unpaired.waitForSelector("#code");
			await keep(unpaired, "till-pair");
			const customer = await visitor(t, { ...options, colorScheme });
			await customer.goto(card.link);
			await customer.click("#enlarge");
			await keep(customer, "card-code");
			await customer.keyboard.press("Escape");
			await customer.locator(".reward").first().click();
			await keep(customer, "card-reward");
			await customer.goto(demo.join_url);
			await customer.fill("#phone", "12");
			await customer.click("button[type=submit]");
			await customer.waitForSelector("#errors");
			await keep(customer, "join-errors");
		}
	}
});
