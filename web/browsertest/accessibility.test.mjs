import assert from "node:assert/strict";
import { test } from "node:test";
import { crowded, small, violations, wide } from "./looks.mjs";
import { base, demo, desk, locales, newCustomer, smallPhone, stamp, visitor } from "./world.mjs";

/** The languages in which axe looks at the pages: with LEIMA_AXE=all, which takes some minutes, every one. */
const looked = process.env.LEIMA_AXE === "all" ? locales : ["en"];

/** Every page that needs no steps to get to. */
async function pages() {
	const card = await newCustomer({ first_name: "Helmi" });
	await stamp(card, 13);
	return {
		start: base + "/", join: demo.join_url, card: card.link, poster: demo.poster_url, nothing: base + "/nothing",
		"sign in": `${base}/signin/${demo.slug}/li_${demo.slug}_NOBODY`,
		"confirm, over": `${base}/confirm/${demo.slug}/lc_${demo.slug}_NOBODY`,
	};
}

for (const scheme of ["light", "dark"]) {
	for (const [device, size] of [["small phone", smallPhone], ["desk", desk]]) {
		test(`axe finds nothing on a ${device}, ${scheme}`, async (t) => {
			for (const [name, url] of Object.entries(await pages())) {
				const page = await visitor(t, { ...size, colorScheme: scheme });
				for (const locale of looked) {
					await page.goto(`${url}?lang=${locale}`);
					assert.deepEqual(await violations(page), [], `${name} in ${locale}`);
				}
			}
		});
	}
	for (const [device, size] of [["small phone", smallPhone], ["desk", desk]]) {
		test(`axe finds nothing in what opens on a ${device}, ${scheme}`, async (t) => {
			for (const locale of looked) {
				await whatOpens(t, { ...size, colorScheme: scheme }, locale, async (page, name) => assert.deepEqual(await violations(page), [], `${name} in ${locale}`));
			}
		});
	}
}

/** Opens what opens over the pages of customers, and forms with errors; and the shop's page. */
async function whatOpens(t, options, locale, look) {
	const card = await newCustomer({ first_name: "Helmi" });
	await stamp(card, 13);
	const page = await visitor(t, { ...options, reducedMotion: "reduce" });
	await page.goto(`${demo.join_url}?lang=${locale}`);
	await page.fill("#phone", "12");
	await page.click("button[type=submit]");
	await page.waitForSelector("#errors");
	await look(page, "join with errors");
	await page.goto(`${card.link}?lang=${locale}`);
	await page.click("#enlarge");
	await page.waitForSelector("dialog[open]");
	await look(page, "the code, large");
	await page.keyboard.press("Escape");
	await page.locator(".reward").first().click();
	await page.waitForSelector("dialog[open]");
	await look(page, "a reward");

	const owner = await visitor(t, options);
	await owner.goto(demo.staff_url);
	await owner.goto(`${base}/staff?lang=${locale}`);
	await look(owner, "staff");
}

for (const locale of ["de", "fi", "ru"]) {
	test(`nothing is lost in what opens over the pages of customers, in ${locale}`, async (t) => {
		const wrong = [];
		await whatOpens(t, smallPhone, locale, async (page, name) => wrong.push(...(await crowded(page)).map((what) => `${name} ${what}`)));
		assert.deepEqual(wrong, []);
	});
}

test("nothing is cut off at 320 pixels in any language", async (t) => {
	const wrong = [];
	for (const [name, url] of Object.entries(await pages())) {
		const page = await visitor(t, smallPhone);
		for (const locale of locales) {
			await page.goto(`${url}?lang=${locale}`);
			assert.deepEqual(await wide(page), [], `${name} in ${locale}`);
			if (["de", "fi", "ru"].includes(locale) && name !== "poster") {
				wrong.push(...(await crowded(page)).map((what) => `${name} in ${locale} ${what}`));
			}
		}
	}
	assert.deepEqual(wrong, []);
});

test("whatever can be pressed is at least 44 pixels", async (t) => {
	const owner = await visitor(t, smallPhone);
	await owner.goto(demo.staff_url);
	await owner.goto(base + "/staff");
	const opened = [["staff", owner]];
	for (const [name, url] of Object.entries(await pages())) {
		const page = await visitor(t, smallPhone);
		await page.goto(url);
		opened.push([name, page]);
	}
	for (const [name, page] of opened) {
		assert.deepEqual(await small(page), [], name);
	}
});

test("the join form is filled in by keyboard alone, and the focus can be seen", async (t) => {
	const page = await visitor(t, { ...desk });
	await page.goto(demo.join_url);
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement?.className), "skip");
	const order = [];
	for (let i = 0; i < 12; i++) {
		await page.keyboard.press("Tab");
		const focused = await page.evaluate(() => {
			const e = document.activeElement;
			const style = getComputedStyle(e);
			return { id: e.id || e.textContent.trim(), outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
		});
		assert.ok(focused.outline, `no focus to be seen on ${focused.id}`);
		order.push(focused.id);
		if (focused.id === "Get my card") {
			break;
		}
	}
	assert.deepEqual(order.slice(0, 4), ["first_name", "last_name", "phone", "email"]);
	assert.ok(!order.includes("website"), "the field for programs is out of reach");
	assert.equal(order.at(-1), "Get my card");
	await page.keyboard.press("Enter");
	await page.waitForSelector("#errors");
});

test("the card is read out in a sensible order", async (t) => {
	const card = await newCustomer();
	await stamp(card, 4);
	const page = await visitor(t);
	await page.goto(card.link);
	const outline = await page.evaluate(() => [...document.querySelectorAll("h1, h2, h3")].filter((e) => e.checkVisibility()).map((e) => `${e.tagName} ${e.textContent.trim()}`));
	assert.equal(outline.filter((h) => h.startsWith("H1")).length, 1);
	assert.deepEqual(outline.slice(1), ["H2 Show this at the till", "H2 What happened", "H2 Your permissions", "H2 Keep the card at hand"]);
	const stamps = page.getByRole("img", { name: "4 of 10 stamps, 6 to go" });
	assert.equal(await stamps.count(), 1);
});
