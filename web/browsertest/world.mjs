// What the stories share: the demo they run in, a browser, and customers made for
// them through the API.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { after } from "node:test";
import { chromium } from "playwright-core";

export const demo = JSON.parse(readFileSync(process.env.LEIMA_DEMO ?? "demo.json", "utf8"));
export const base = demo.base_url;

/** How long a story waits for what should happen soon. */
export const SOON_MS = 10_000;

const browser = await chromium.launch({
	executablePath: process.env.LEIMA_CHROMIUM ?? "/usr/bin/chromium",
	args: [
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync",
	],
});
after(() => browser.close());

export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const smallPhone = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
export const desk = { viewport: { width: 1280, height: 900 } };

/**
 * Opens a browser of somebody's own. Faults in scripts, and whatever the page's own
 * policy stops, end the story.
 */
export async function visitor(t, options = {}) {
	const context = await browser.newContext({ locale: "en-GB", ...phone, ...options });
	context.setDefaultTimeout(SOON_MS);
	const faults = [];
	const page = await context.newPage();
	page.on("pageerror", (e) => faults.push(`fault in a script: ${e.message}`));
	page.on("dialog", (d) => { faults.push(`a dialog nobody asked for: ${d.message()}`); void d.dismiss(); });
	page.on("console", (m) => {
		if (/Content Security Policy|Refused to/i.test(m.text())) {
			faults.push(m.text());
		}
	});
	page.on("request", (r) => {
		if (!r.url().startsWith(base) && !r.url().startsWith("data:")) {
			faults.push(`asks another host: ${r.url()}`);
		}
	});
	t.after(async () => {
		await context.close();
		assert.deepEqual(faults, []);
	});
	return page;
}

async function call(path, body, key) {
	const response = await fetch(base + path, {
		method: "POST",
		headers: { "Authorization": `Bearer ${demo.api_key}`, "Content-Type": "application/json", ...(key ? { "Idempotency-Key": key } : {}) },
		body: JSON.stringify(body),
	});
	assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
	return response.json();
}

let serial = Date.now() % 1e6;

/** Makes a customer with a card, as a till would. */
export function newCustomer(fields = {}) {
	serial++;
	return call(`/v1/programs/${demo.program_id}/cards`, { first_name: "Helmi", email: `helmi${serial}-${process.pid}@example.org`, locale: "en", ...fields });
}

/** Stamps a card from somewhere else. */
export function stamp(card, quantity = 1) {
	return call("/v1/stamps", { card_id: card.id, quantity, location_id: demo.location_id }, randomUUID());
}

/** Opens the page of a card and waits until it hears of changes. */
export async function openCard(page, card) {
	const stream = page.waitForResponse((r) => r.url().includes("/events?"));
	await page.goto(card.link);
	assert.equal((await stream).status(), 200, "the stream of changes");
}

/** Stands at the demo's till. */
export async function cashier(t, options = {}) {
	const page = await visitor(t, { ...desk, ...options });
	await page.goto(demo.till_url);
	await page.waitForSelector("#handle");
	return page;
}

/** Types as a scanner does: fast, with Enter at the end, wherever the focus is. */
export async function scan(page, text) {
	await page.keyboard.type(text);
	await page.keyboard.press("Enter");
	await page.waitForSelector("#found:not([hidden])");
}

export const text = (page, selector) => page.locator(selector).innerText();
