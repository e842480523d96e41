// Every room of the console, for everybody: with a screen reader, by keyboard alone, on
// the smallest phone, in each language.

import assert from "node:assert/strict";
import { test } from "node:test";
import { crowded, tooSmall, violations } from "./looks.mjs";
import { base, demo, desk, enter, forReview, locales, owner as ownerOf, phone, settled, smallPhone } from "./world.mjs";

const owner = (t, options) => ownerOf(t, "/", options);

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

/** Goes on to another room, as a link does. */
async function goOn(page, path) {
	await page.evaluate((to) => {
		document.querySelector("h1").remove();
		history.pushState({}, "", to);
	}, `/console${path}`);
	await settled(page);
}

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
