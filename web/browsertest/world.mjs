// What the stories share: the demo they run in, a browser, and customers made for
// them through the API.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const demo = JSON.parse(readFileSync(process.env.LEIMA_DEMO ?? "demo.json", "utf8"));
export const base = demo.base_url;

/** How long a story waits for what should happen soon. */
export const SOON_MS = 10_000;

export const executablePath = process.env.LEIMA_CHROMIUM ?? "/usr/bin/chromium";
export const browserArguments = [
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync",
];

const browser = await chromium.launch({ executablePath, args: browserArguments });
after(() => browser.close());

export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const smallPhone = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
export const desk = { viewport: { width: 1280, height: 900 } };

/**
 * Opens a browser of somebody's own. Faults in scripts, and whatever the page's own
 * policy stops, end the story.
 */
export async function visitor(t, options = {}) {
	const context = await (options.browser ?? browser).newContext({ locale: "en-GB", ...phone, ...options });
	const page = await context.newPage();
	watch(t, page);
	t.after(() => context.close());
	return page;
}

/** Ends the story with a failure if the page does what none of ours may. */
export function watch(t, page) {
	page.context().setDefaultTimeout(SOON_MS);
	const faults = [];
	page.on("pageerror", (e) => faults.push(`fault in a script: ${e.message}`));
	page.on("dialog", (d) => { faults.push(`a dialog nobody asked for: ${d.message()}`); void d.dismiss(); });
	page.on("console", (m) => {
		if (/Content Security Policy|Refused to/i.test(m.text())) {
			faults.push(m.text());
		}
	});
	page.on("request", (r) => {
		if (!r.url().startsWith(base) && !/^(data|blob):/.test(r.url())) {
			faults.push(`asks another host: ${r.url()}`);
		}
	});
	t.after(() => assert.deepEqual(faults, []));
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
export function newCustomer(fields = {}, program = demo.program_id) {
	serial++;
	return call(`/v1/programs/${program}/cards`, { first_name: "Helmi", email: `helmi${serial}-${process.pid}@example.org`, locale: "en", ...fields });
}

/** Stamps a card from somewhere else. */
export function stamp(card, quantity = 1) {
	return call("/v1/stamps", { card_id: card.id, quantity, location_id: demo.location_id }, randomUUID());
}

/** Hands a stamp in for review, as a till does that was refused after it had said yes. */
export function forReview(card, quantity = 1) {
	const at = new Date().toISOString();
	return call("/v1/reviews", { kind: "stamp", card_id: card.id, quantity, location_id: demo.location_id, at, refusal: "daily_limit_reached", reason: "Busy" }, randomUUID());
}

/** Opens the page of a card and waits until it hears of changes. */
export async function openCard(page, card) {
	const stream = page.waitForResponse((r) => r.url().includes("/events?"));
	await page.goto(card.link);
	assert.equal((await stream).status(), 200, "the stream of changes");
}

/** Reads what the ledger holds of a card, newest first. */
export async function entries(card) {
	const response = await fetch(`${base}/v1/cards/${card.id}/entries?limit=200`, { headers: { Authorization: `Bearer ${demo.api_key}` } });
	assert.equal(response.status, 200);
	return (await response.json()).data;
}

/** Stands at the demo's till. */
export async function cashier(t, options = {}) {
	const page = await visitor(t, { ...desk, ...options });
	await page.goto(demo.till_url);
	await page.waitForSelector("#handle");
	return page;
}

/** Makes a pairing code, as the owner does. */
export async function pairingCode(t, name = "Test till") {
	const owner = await visitor(t, desk);
	await owner.goto(demo.staff_url);
	await owner.goto(base + "/staff");
	await owner.fill("#name", name);
	await owner.selectOption("#location_id", demo.location_id);
	await owner.getByRole("button", { name: "Make a pairing code" }).click();
	return text(owner, ".big-code");
}

/** Makes the page a till of its own, with somebody signed in by PIN. */
export async function pair(t, page, name = "Kaisa Kassa", till = undefined) {
	await page.goto(base + "/till");
	await page.fill("#code", await pairingCode(t, till));
	await page.keyboard.press("Enter");
	await signIn(page, name);
}

/** Signs somebody in at a till where nobody is. */
export async function signIn(page, name) {
	await page.locator(".people").getByRole("button", { name }).click();
	await page.fill("#pin", demo.pin);
	await page.keyboard.press("Enter");
	await page.waitForSelector("#handle");
}

/** Waits until the till would open without network, too. */
export const kept = (page) => page.evaluate(async () => {
	await navigator.serviceWorker.ready;
	while (!navigator.serviceWorker.controller) {
		await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
	}
});

/** What a till takes for one reading if it is the same. */
const REPEAT_MS = 2_000;
const devtools = new WeakMap();
const lastRead = new WeakMap();

/**
 * Types as a scanner does: a stroke each 5 ms, with Enter at the end, wherever the focus is. A
 * till tells scanners from people by the times of the strokes, which come with them: so it
 * does not matter how slow this machine is. The same text again waits until it counts.
 */
export async function scannerTypes(page, text) {
	if (!devtools.has(page)) {
		devtools.set(page, await page.context().newCDPSession(page));
	}
	const last = lastRead.get(page);
	if (last?.text === text) {
		await page.waitForFunction((at) => Date.now() > at, last.at + REPEAT_MS);
	}
	const began = Date.now() / 1000;
	const strokes = [...text].map((key) => ({ key, text: key })).concat({ key: "Enter", code: "Enter", text: "\r", windowsVirtualKeyCode: 13 });
	await Promise.all(strokes.flatMap((stroke, i) => ["keyDown", "keyUp"].map((type) => (
		devtools.get(page).send("Input.dispatchKeyEvent", { ...stroke, ...(type === "keyUp" && { text: "" }), type, timestamp: began + i * 0.005 })
	))));
	lastRead.set(page, { text, at: Date.now() });
}

/** Shows the till a card by its scanner. */
export async function scan(page, code) {
	await scannerTypes(page, code);
	await page.waitForSelector(".found");
}

/** Waits for an outcome of a kind. */
export const outcome = (page, kind, hasText) => page.locator(`.outcome.${kind}`, { hasText }).waitFor();

export const text = (page, selector) => page.locator(selector).innerText();

/** The languages that everything speaks. */
export const locales = ["en", "fi", "sv", "pl", "fr", "de", "ru"];

/** Waits until everything in a room of the console is there. */
export const settled = (page) => page.waitForFunction(() => document.querySelector("h1") && !document.querySelector(".loading"));

/** Opens the console at a room, in a language. */
export async function enter(page, path, locale = "en") {
	await page.goto(`${base}/console${path}${path.includes("?") ? "&" : "?"}lang=${locale}`);
	await settled(page);
	assert.equal(await page.locator("html").getAttribute("lang"), locale);
}

/** Signs the demo's owner in and goes to a room of the console. */
export async function owner(t, path = "/", options = {}) {
	const page = await visitor(t, { ...desk, reducedMotion: "reduce", ...options });
	await page.goto(demo.staff_url);
	await page.waitForURL(/\/console/);
	await page.goto(`${base}/console${path}`);
	await page.locator("h1").waitFor();
	return page;
}

/** Makes a link that signs somebody in once, as somebody at the server does. */
export function signInLink(email) {
	const program = process.env.LEIMA_PROGRAM ?? fileURLToPath(new URL("../../bin/leima", import.meta.url));
	const data = dirname(process.env.LEIMA_DEMO ?? "demo.json");
	return execFileSync(program, ["sign-in", "--data", data, "--base-url", base, "--staff", email], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
