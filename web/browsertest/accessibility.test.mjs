import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { base, cashier, demo, desk, newCustomer, scan, smallPhone, stamp, visitor } from "./world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const locales = ["en", "fi", "sv", "pl", "fr", "de", "ru"];

/** Every page that needs no steps to get to. */
async function pages() {
	const card = await newCustomer({ first_name: "Helmi" });
	await stamp(card, 13);
	return {
		start: base + "/", join: demo.join_url, card: card.link, poster: demo.poster_url, nothing: base + "/nothing",
		"till, not paired": base + "/till", "sign in": `${base}/signin/${demo.slug}/li_${demo.slug}_NOBODY`,
		"confirm, over": `${base}/confirm/${demo.slug}/lc_${demo.slug}_NOBODY`,
	};
}

/** Runs axe in the page; its policy allows no script of ours, so it goes in by the debugger. */
async function violations(page) {
	await page.evaluate(axe);
	const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
}

for (const scheme of ["light", "dark"]) {
	for (const [device, size] of [["small phone", smallPhone], ["desk", desk]]) {
		test(`axe finds nothing on a ${device}, ${scheme}`, async (t) => {
			for (const [name, url] of Object.entries(await pages())) {
				const page = await visitor(t, { ...size, colorScheme: scheme });
				await page.goto(url);
				assert.deepEqual(await violations(page), [], name);
			}
		});
	}
	test(`axe finds nothing on forms with errors and at the till, ${scheme}`, async (t) => {
		const form = await visitor(t, { ...smallPhone, colorScheme: scheme });
		await form.goto(demo.join_url);
		await form.fill("#phone", "12");
		await form.click("button[type=submit]");
		await form.waitForSelector("#errors");
		assert.deepEqual(await violations(form), [], "join with errors");

		const card = await newCustomer();
		await stamp(card, 12);
		const till = await cashier(t, { colorScheme: scheme });
		assert.deepEqual(await violations(till), [], "till, empty");
		await scan(till, card.code);
		await till.click("#stamp");
		await till.locator(".outcome.good").waitFor();
		assert.deepEqual(await violations(till), [], "till, stamped");
		await till.locator("#coupons button").click();
		await till.waitForSelector("#redeem[open]");
		assert.deepEqual(await violations(till), [], "till, redeem");
		await till.keyboard.press("Escape");
		await till.click("#new-customer");
		await till.waitForSelector("#join[open]");
		assert.deepEqual(await violations(till), [], "till, new customer");
		await till.keyboard.press("Escape");
		await till.keyboard.type("NOBODY");
		await till.keyboard.press("Enter");
		await till.locator(".outcome.unknown").waitFor();
		assert.deepEqual(await violations(till), [], "till, unknown");
		await till.getByRole("button", { name: "Lock" }).click();
		await till.locator(".people a").first().click();
		assert.deepEqual(await violations(till), [], "till, PIN");

		const owner = await visitor(t, { ...desk, colorScheme: scheme });
		await owner.goto(demo.staff_url);
		assert.deepEqual(await violations(owner), [], "staff");
	});
}

test("nothing is cut off at 320 pixels in any language", async (t) => {
	for (const [name, url] of Object.entries(await pages())) {
		const page = await visitor(t, smallPhone);
		for (const locale of locales) {
			await page.goto(`${url}?lang=${locale}`);
			const wide = await page.evaluate(() => {
				const limit = document.documentElement.clientWidth + 1;
				return [...document.querySelectorAll("body *")]
					.filter((e) => !e.closest(".poster, .scroll, .unseen, .pot, .sprite") && e.getBoundingClientRect().right > limit)
					.map((e) => `${e.tagName}.${e.className}`).slice(0, 5);
			});
			assert.deepEqual(wide, [], `${name} in ${locale}`);
		}
	}
});

test("whatever can be pressed is at least 44 pixels", async (t) => {
	const card = await newCustomer();
	const till = await cashier(t, smallPhone);
	await scan(till, card.code);
	const owner = await visitor(t, smallPhone);
	await owner.goto(demo.staff_url);
	const opened = [["till", till], ["staff", owner]];
	for (const [name, url] of Object.entries(await pages())) {
		const page = await visitor(t, smallPhone);
		await page.goto(url);
		opened.push([name, page]);
	}
	for (const [name, page] of opened) {
		const small = await page.evaluate(() => [...document.querySelectorAll("a, button, select, input:not([type=hidden])")]
			.filter((e) => e.checkVisibility() && !e.closest(".unseen, .pot, .skip, .errors"))
			.map((e) => [e, (e.type === "checkbox" ? e.closest(".tick") : e).getBoundingClientRect()])
			.filter(([, box]) => box.height < 44 || box.width < 44)
			.map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${Math.round(box.width)}×${Math.round(box.height)}`));
		assert.deepEqual(small, [], name);
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
