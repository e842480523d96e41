// What opens above the console's rooms: dialogs, the menu, the palette, forms with
// complaints, what is unfolded. In every language, light and dark, on a phone and a desk.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crowded, tooSmall, violations } from "./looks.mjs";
import { base, demo, desk, enter, forReview, locales, newCustomer, owner, phone, settled, smallPhone, stamp } from "./world.mjs";

/** Returns what finds a text of the console in a language, and a pattern for names that begin with it. */
function textsIn(locale) {
	const read = (folder) => JSON.parse(readFileSync(new URL(`../app/src/console/${folder}/${locale}.json`, import.meta.url), "utf8"));
	const texts = { ...read("texts"), ...read("rooms/texts") };
	return (id) => {
		assert.ok(texts[id], `no text ${id} in ${locale}`);
		return new RegExp(`^${texts[id].replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
	};
}

/**
 * Opens everything, room by room, and calls look while it is open. deal tells the language
 * of each room. Nothing is changed in the shop that other stories use.
 */
async function openAll(page, deal, look) {
	const last_name = `Avattu${Date.now() % 1e6}`;
	const card = await newCustomer({ first_name: "Helmi", last_name });
	await newCustomer({ first_name: "Helmi", last_name });
	await stamp(card, 2);
	await forReview(card, 2);
	const member = (await (await page.request.get(`${base}/v1/staff?limit=1`)).json()).data[0].id;
	let say;
	let where = "";
	const dialog = page.getByRole("dialog");
	const room = async (path) => {
		const locale = deal();
		say = textsIn(locale);
		where = `${path} in ${locale}`;
		await enter(page, path, locale);
	};
	const press = (id, within = page) => within.getByRole("button", { name: say(id) }).first().click();
	const seen = (name) => look(`${name}, ${where}`, where.slice(-2));
	/** Opens a dialog, looks at it and closes it. */
	const ask = async (name, steps, ready = dialog.getByRole("button").last()) => {
		await steps();
		await ready.waitFor();
		await seen(name);
		await page.keyboard.press("Escape");
		await dialog.waitFor({ state: "detached" });
	};

	await room("/");
	if (page.viewportSize().width < 700) {
		await press("app.menu");
		await seen("menu");
		await page.keyboard.press("Escape");
	}
	const option = page.locator(".palette [role=option]");
	await ask("palette", () => page.keyboard.press("Control+k"), option.first());
	await ask("palette with customers", async () => {
		await page.keyboard.press("Control+k");
		await option.first().waitFor();
		await page.keyboard.type(last_name);
	}, option.filter({ hasText: last_name }).first());

	await room(`/customers/${card.customer_id}`);
	for (const id of ["card.adjust", "card.old_give", "reissue.open", "card.revoke", "block.do", "history.undo"]) {
		await ask(id, () => press(id));
	}
	await ask("merging", () => press("merge.open"), dialog.getByRole("listitem").first());
	await ask("merging, looked at", async () => {
		await press("merge.open");
		await dialog.getByRole("listitem").getByRole("button").first().click();
	}, dialog.getByRole("table"));

	await room("/coupons?status=redeemed");
	await ask("taking a redemption back", () => press("history.undo"));
	await room("/reviews");
	await ask("entering", () => press("reviews.enter"));
	await ask("dismissing", () => press("reviews.dismiss"));

	await room(`/programs/${demo.program_id}`);
	await ask("stopping a program", () => press("programs.stop"));
	await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
	await seen("everything unfolded");
	await page.locator("main input[type=date]").first().fill("2031-01-01");
	await page.locator(".form-bar").waitFor();
	await seen("something to save");
	await page.locator("main a[href$='/console/programs']").first().click();
	await dialog.getByRole("button").last().waitFor();
	await seen("leaving what is not saved");
	await press("form.leave", dialog);
	await dialog.waitFor({ state: "detached" });
	await page.waitForURL(/\/console\/programs(\?|$)/);
	await settled(page);

	await room("/programs/new");
	await page.locator(".presets button, main ul button, main button").last().click();
	await page.locator("main form button[type=submit]").last().click();
	await page.locator("[aria-invalid=true]").first().waitFor();
	await seen("a form with complaints");

	await room(`/staff/${member}`);
	await ask("taking away access", () => press("staff.deactivate"));
	await room("/tills");
	await ask("unpairing", () => press("tills.unpair"));
	await room("/tills/new");
	await page.locator("main input").first().fill("Axe");
	await page.locator("main button[type=submit]").click();
	await page.locator("[data-code]").waitFor();
	await seen("a pairing code");
	await room("/keys");
	await ask("revoking a key", () => press("keys.revoke"));

	await room("/settings");
	for (const id of ["settings.consent_add", "settings.consent_replace", "settings.logo_remove", "demo.remove"]) {
		await ask(id, () => press(id));
	}
	await room("/exports");
	await Promise.all([page.waitForEvent("download"), page.locator("main table").getByRole("button").last().click()]);
	await page.locator(".notices .notice").waitFor();
	await seen("a notice");
	await room("/imports/new");
	await page.locator("#file").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("time,receipt,customer\n2026-01-01,1,2\n") });
	await press("imports.next");
	await press("imports.try");
	await page.getByRole("alert").waitFor();
	await seen("a mapping with complaints");
	await press("imports.back");
}

/** With LEIMA_AXE=all every language is looked at, which takes some minutes; else each has its turn. */
const all = process.env.LEIMA_AXE === "all";
let turn = 0;
for (const colorScheme of ["light", "dark"]) {
	for (const [device, size] of [["phone", phone], ["desk", desk]]) {
		const first = turn++;
		test(`axe finds nothing in what opens on a ${device}, ${colorScheme}`, async (t) => {
			const page = await owner(t, "/", { ...size, colorScheme });
			const wrong = [];
			const look = async (name) => {
				wrong.push(...(await violations(page)).map((what) => `${name}: ${what}`));
				if (device === "phone") {
					wrong.push(...(await tooSmall(page)).map((what) => `${name}: small: ${what}`));
				}
			};
			for (const locale of all ? locales : [undefined]) {
				let at = 2 * first;
				await openAll(page, () => locale ?? locales[at++ % locales.length], look);
			}
			await page.context().clearCookies();
			await page.goto(`${base}/console?lang=${locales[first]}`);
			await page.locator("#link").fill("https://elsewhere.example");
			await page.keyboard.press("Enter");
			await page.locator("#link-wrong").waitFor();
			await look("signed out");
			assert.deepEqual(wrong, []);
		});
	}
}

for (const locale of ["de", "fi", "ru"]) {
	test(`nothing is lost in what opens on the smallest phone, at 200 % and with text far apart, in ${locale}`, async (t) => {
		const page = await owner(t, "/", smallPhone);
		const wrong = [];
		await openAll(page, () => locale, async (name) => {
			wrong.push(...(await crowded(page)).map((what) => `${name} ${what}`));
		});
		assert.deepEqual(wrong, []);
	});
}
