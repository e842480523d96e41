import assert from "node:assert/strict";
import { test } from "node:test";
import { crowded, small, violations, wide } from "./looks.mjs";
import { base, demo, desk, newCustomer, pairingCode, scannerTypes, smallPhone, SOON_MS, stamp, visitor } from "./world.mjs";

const tags = { en: "en-GB", fi: "fi-FI", sv: "sv-SE", pl: "pl-PL", fr: "fr-FR", de: "de-DE", ru: "ru-RU" };

/** Answers that no demo gives by itself: a stamp that is refused after it was promised. */
const refusal = {
	status: 409, contentType: "application/problem+json",
	body: JSON.stringify({ type: "urn:leima:problem:cool_down", title: "", status: 409, code: "cool_down", detail: "", request_id: "", retryable: false }),
};

/** Goes through every screen of the till and looks at each; it reads no words, so any language will do. */
async function everyScreen(t, options, look) {
	const card = await newCustomer();
	await stamp(card, 12);
	const till = await visitor(t, options);
	await till.goto(base + "/till");
	await till.waitForSelector("#code");
	await look(till, "pair");
	await till.fill("#code", await pairingCode(t));
	await till.keyboard.press("Enter");
	await till.locator(".people button").first().waitFor();
	await look(till, "who");
	await till.locator(".people button", { hasText: "Petteri" }).click();
	await till.fill("#pin", "0000");
	await till.keyboard.press("Enter");
	await till.locator("#pin-error .icon").waitFor();
	await look(till, "wrong PIN");
	await till.fill("#pin", demo.pin);
	await till.keyboard.press("Enter");
	await till.waitForSelector("#handle");
	await look(till, "ready");
	await scannerTypes(till, card.code);
	await till.waitForSelector(".found");
	await till.click("#stamp");
	await till.locator(".outcome.good").waitFor();
	await look(till, "stamped");
	await till.locator(".coupons button").click();
	await till.waitForSelector("dialog[open]");
	await look(till, "redeem");
	await till.keyboard.press("Escape");
	await till.locator(".found > .buttons button").click();
	await till.locator(".actions button").last().click();
	await till.locator("#join-form button[type=submit]").click();
	await till.locator("#join-error").waitFor();
	await look(till, "new customer");
	await till.fill("#join-email", `looks-${Date.now()}-${Math.random()}@example.org`);
	await till.locator("#join-form button[type=submit]").click();
	await till.waitForSelector(".handover[open]");
	await look(till, "new card");
	await till.locator(".handover button.main").click();
	await till.waitForSelector(".found");
	await scannerTypes(till, "NOBODY");
	await till.locator(".outcome.unknown").waitFor();
	await till.locator(".actions button").last().waitFor(); // a new customer is the next step
	await look(till, "unknown");

	await till.context().setOffline(true);
	await scannerTypes(till, card.code);
	await till.waitForSelector(".found");
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await look(till, "without network");
	await till.route("**/v1/stamps", (route) => route.fulfill(refusal));
	await till.route("**/v1/reviews", (route) => route.fulfill(refusal)); // the office does not take it
	await till.context().setOffline(false);
	await till.locator(".banner.review button").click();
	await till.locator("#reviews li button").nth(1).waitFor({ timeout: 3 * SOON_MS });
	await look(till, "review");
	await till.unroute("**/v1/stamps");
	await till.locator("#reviews button").last().click();
	await till.waitForSelector("dialog[open]");
	await look(till, "settle");
	await till.keyboard.press("Escape");
	await till.locator("nav .tool").first().click();
	await till.locator("nav .tool").first().click();
	await till.locator("#activity li").first().waitFor();
	await look(till, "today");
	await till.locator("#activity button").first().click();
	await till.waitForSelector("dialog[open]");
	await look(till, "take back");
	await till.keyboard.press("Escape");
	await till.locator("nav .tool").first().click();
	await till.locator("nav .tool").last().click();
	await till.locator("#automatic").waitFor();
	await look(till, "settings");
	await till.locator(".room > button").last().click();
	await till.locator("#leave-pin").waitFor();
	await look(till, "out of service");
	await till.keyboard.press("Escape");
	await till.locator(".room .buttons button").first().click();
	await till.locator("#reading").waitFor();
	await look(till, "scanner test");
	await till.locator("nav .tool").first().click();
	await till.locator("nav .tool").first().click();
	await till.context().setOffline(true);
	await till.locator(".banner.gone").waitFor();
	await scannerTypes(till, card.code);
	await till.waitForSelector(".found");
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	await till.route("**/v1/**", (route) => route.fulfill({ status: 401, contentType: "application/problem+json", body: JSON.stringify({ status: 401, code: "unauthenticated" }) }));
	await till.context().setOffline(false);
	await till.locator("#kept").waitFor({ timeout: 3 * SOON_MS });
	await look(till, "unpaired");
}

for (const [locale, tag] of Object.entries(tags)) {
	test(`the till in ${locale}: axe finds nothing, nothing is cut off at 320 pixels, all can be pressed`, async (t) => {
		const wrong = [];
		await everyScreen(t, { ...smallPhone, colorScheme: "light", locale: tag }, async (till, screen) => {
			await till.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished)));
			assert.deepEqual(await violations(till), [], `${screen}, light`);
			await till.emulateMedia({ colorScheme: "dark" });
			assert.deepEqual(await violations(till), [], `${screen}, dark`);
			await till.emulateMedia({ colorScheme: "light" });
			assert.deepEqual(await wide(till), [], screen);
			if (["de", "fi", "ru"].includes(locale)) {
				wrong.push(...(await crowded(till)).map((what) => `${screen} ${what}`));
			}
			assert.deepEqual(await small(till), [], screen);
			await till.setViewportSize(desk.viewport);
			assert.deepEqual(await violations(till), [], `${screen}, desk`);
			if (process.env.LEIMA_AXE === "all") { // the colours were looked at above
				await till.emulateMedia({ colorScheme: "dark" });
				assert.deepEqual(await violations(till), [], `${screen}, desk, dark`);
				await till.emulateMedia({ colorScheme: "light" });
			}
			await till.setViewportSize(smallPhone.viewport);
		});
		assert.deepEqual(wrong, []);
	});
}
