// Every room of the console, for everybody: with a screen reader, by keyboard alone, on
// the smallest phone, in each language.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { crowded } from "./looks.mjs";
import { base, demo, desk, forReview, newCustomer, phone, smallPhone, visitor } from "./world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const locales = ["en", "fi", "sv", "pl", "fr", "de", "ru"];

async function owner(t, options) {
	const page = await visitor(t, { ...options, reducedMotion: "reduce" });
	await page.goto(demo.staff_url);
	await page.waitForURL(/\/console/);
	return page;
}

/** The addresses of all rooms, with something in each. */
async function rooms(page) {
	const ids = async (path) => (await (await page.request.get(`${base}${path}?limit=1`)).json()).data[0].id;
	const card = await (await page.request.get(`${base}/v1/cards/${demo.card_id}`)).json();
	await forReview(card, 2);
	return [
		"/", "/customers", "/reviews?state=all", `/customers/${card.customer_id}`, "/coupons", "/programs", "/programs/new", `/programs/${demo.program_id}`,
		"/locations", "/locations/new", `/locations/${await ids("/v1/locations")}`, "/staff", "/staff/new", `/staff/${await ids("/v1/staff")}`,
		"/tills", "/tills/new", "/passes", `/passes/${demo.program_id}`, "/exports", "/audit", "/imports", "/imports/new", `/imports/${await ids("/v1/imports")}`, "/keys", "/keys/new", "/settings", "/nothing",
	];
}

/** Waits until everything in a room is there. */
const settled = (page) => page.waitForFunction(() => document.querySelector("h1") && !document.querySelector(".loading"));

/** Opens the console at a room, in a language. */
async function enter(page, path, locale = "en") {
	await page.goto(`${base}/console${path}${path.includes("?") ? "&" : "?"}lang=${locale}`);
	await page.evaluate(axe);
	await settled(page);
	assert.equal(await page.locator("html").getAttribute("lang"), locale);
}

/** Goes on to another room, as a link does. */
async function goOn(page, path) {
	await page.evaluate((to) => {
		document.querySelector("h1").remove();
		history.pushState({}, "", to);
	}, `/console${path}`);
	await settled(page);
}

async function violations(page) {
	const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
}

/** What can be pressed and is smaller than a fingertip. */
const tooSmall = (page) => page.evaluate(() => [...document.querySelectorAll("a, button, select, summary, input:not([type=hidden])")]
	.filter((e) => e.checkVisibility() && !e.closest(".unseen, .skip"))
	.map((e) => [e, (["checkbox", "radio"].includes(e.type) ? e.closest("[class*=body]") : e).getBoundingClientRect()])
	.filter(([, box]) => box.height < 43.5 || box.width < 43.5)
	.map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${Math.round(box.width)}×${Math.round(box.height)}`));

/**
 * How many rooms are visited in one language before the next; then all seven come up.
 * With LEIMA_AXE=all every room is visited in every language, which takes some minutes.
 */
const ROOMS_PER_LANGUAGE = 3;

let turn = 0;
for (const colorScheme of ["light", "dark"]) {
	for (const [device, size] of [["phone", phone], ["desk", desk]]) {
		// Each time the languages are dealt to the rooms anew.
		const deal = turn++;
		test(`axe finds nothing in any room on a ${device}, ${colorScheme}`, async (t) => {
			const page = await owner(t, { ...size, colorScheme });
			const all = await rooms(page);
			const visit = async (path, locale, first) => {
				await (first ? enter(page, path, locale) : goOn(page, path));
				assert.deepEqual(await violations(page), [], `${path} in ${locale}`);
				if (device === "phone") {
					assert.deepEqual(await tooSmall(page), [], `${path} in ${locale}`);
				}
			};
			if (process.env.LEIMA_AXE === "all") {
				for (const locale of locales) {
					for (const [i, path] of all.entries()) {
						await visit(path, locale, i === 0);
					}
				}
				return;
			}
			for (const [i, path] of all.entries()) {
				await visit(path, locales[(Math.floor(i / ROOMS_PER_LANGUAGE) + 2 * deal) % locales.length], i % ROOMS_PER_LANGUAGE === 0);
			}
		});
	}

	test(`axe finds nothing in what opens, ${colorScheme}`, async (t) => {
		const page = await owner(t, { ...phone, colorScheme });
		const card = await newCustomer();
		const open = async (name, steps) => {
			await steps();
			assert.deepEqual(await violations(page), [], name);
		};
		await enter(page, "/");
		await open("menu", () => page.getByRole("button", { name: "Menu" }).click());
		await page.keyboard.press("Escape");
		await open("palette", async () => { await page.keyboard.press("Control+k"); await page.getByRole("listbox").getByRole("option").first().waitFor(); });
		await enter(page, `/customers/${card.customer_id}`);
		await open("adjusting", async () => { await page.getByRole("button", { name: "Correct the balance" }).click(); await page.getByRole("dialog").getByLabel("Reason").waitFor(); });
		await forReview(card);
		await enter(page, "/reviews");
		await open("entering", async () => { await page.getByRole("button", { name: "Enter" }).first().click(); await page.getByRole("dialog").getByLabel("Reason").waitFor(); });
		await enter(page, "/programs/new");
		await page.getByRole("button", { name: "From nothing" }).click();
		await open("a form with complaints", async () => { await page.getByRole("button", { name: "Add and start" }).click(); await page.getByText("This is needed.").first().waitFor(); });
		await enter(page, "/tills/new");
		await page.getByLabel("Name").fill("Axe");
		await open("a pairing code", async () => { await page.getByRole("button", { name: "Make a pairing code" }).click(); await page.locator("[data-code]").waitFor(); });
		await enter(page, "/imports/new");
		await page.locator("#file").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("time,receipt,customer\n2026-01-01,1,2\n") });
		await open("a mapping", async () => { await page.getByRole("button", { name: "Next" }).click(); await page.getByRole("button", { name: "Try it out" }).click(); await page.getByRole("alert").waitFor(); });
		await page.getByRole("button", { name: "Back" }).click();
		await page.context().clearCookies();
		await open("signed out", async () => { await page.goto(`${base}/console`); await page.evaluate(axe); await page.getByRole("heading", { name: "Sign in" }).waitFor(); });
	});
}

for (const locale of ["de", "fi", "ru"]) {
	test(`nothing is lost on the smallest phone, at 200 % and with text far apart, in ${locale}`, async (t) => {
		const page = await owner(t, smallPhone);
		const wrong = [];
		for (const [i, path] of (await rooms(page)).entries()) {
			await (i === 0 ? enter(page, path, locale) : goOn(page, path));
			wrong.push(...(await crowded(page)).map((what) => `${path} ${what}`));
		}
		assert.deepEqual(wrong, []);
	});
}
