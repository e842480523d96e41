import assert from "node:assert/strict";
import { test } from "node:test";
import { base, demo, newCustomer, openCard, smallPhone, SOON_MS, stamp, text, visitor } from "./world.mjs";

test("a customer joins in the browser, and the first stamp is there at once", async (t) => {
	const page = await visitor(t, { locale: "fi-FI" });
	await page.goto(demo.join_url);
	assert.equal(await page.locator("html").getAttribute("lang"), "fi");
	for (const box of await page.locator("input[type=checkbox]").all()) {
		assert.equal(await box.isChecked(), false);
	}

	await page.fill("#phone", "12");
	await page.click("button[type=submit]");
	await page.waitForSelector("#errors");
	assert.equal(await page.evaluate(() => document.activeElement?.id), "errors", "the summary of errors has the focus");
	assert.equal(await page.inputValue("#phone"), "12");
	assert.match(await text(page, "#phone-error"), /puhelinnumero/);

	await page.fill("#phone", "");
	await page.fill("#first_name", "Helmi");
	await page.fill("#email", `helmi-${Date.now()}@example.org`);
	await page.click("button[type=submit]");
	await page.waitForURL(/\/card\//);
	assert.match(await text(page, ".hello"), /Hei Helmi!/);
	assert.match(await text(page, ".confirm"), /Vahvista yhteystietosi/);
	assert.equal(page.url().includes("done="), false, "what was said once is not said again");
});

test("the card changes by itself within a second of a stamp", async (t) => {
	const card = await newCustomer();
	const page = await visitor(t);
	await openCard(page, card);
	assert.match(await text(page, ".said"), /0 of 10 stamps/);
	await page.evaluate(() => {
		new MutationObserver(() => {
			if (document.querySelector(".said").textContent.includes("4 of 10")) {
				window.shownAt ??= Date.now();
			}
		}).observe(document.getElementById("card"), { childList: true, subtree: true });
	});
	const began = Date.now();
	await stamp(card, 4);
	await page.locator(".said", { hasText: "4 of 10 stamps" }).waitFor();
	const took = (await page.evaluate(() => window.shownAt)) - began;
	assert.ok(took < 1000, `it took ${took} ms`);
	t.diagnostic(`shown ${took} ms after the request was sent`);
	assert.equal(await page.locator(".slot.on").count(), 4);
	assert.equal(await page.locator(".slot.landed").count(), 4);
	assert.match(await text(page, "#told"), /4 of 10 stamps, 6 to go/, "a screen reader is told");

	await stamp(card, 6);
	await page.locator(".ready").waitFor();
	assert.match(await text(page, ".said"), /0 of 10 stamps/);
	assert.match(await text(page, "#history"), /Reward earned/);
});

test("two pages of one card and a fifth one", async (t) => {
	const card = await newCustomer();
	const pages = [];
	for (let i = 0; i < 5; i++) {
		const page = await visitor(t);
		await page.goto(card.link);
		pages.push(page);
	}
	await stamp(card, 2);
	// The last has no stream and asks every five seconds.
	await Promise.all(pages.map((page) => page.locator(".said", { hasText: "2 of 10 stamps" }).waitFor({ timeout: 3 * SOON_MS })));
});

test("permissions are changed with one press", async (t) => {
	const card = await newCustomer();
	const page = await visitor(t);
	await page.goto(card.link);
	const first = page.locator(".consent").first();
	await first.getByRole("button", { name: "Agree" }).click();
	await page.locator(".notice", { hasText: "Saved." }).waitFor();
	await first.getByRole("button", { name: "Withdraw" }).click();
	await first.getByRole("button", { name: "Agree" }).waitFor();
});

test("the code is shown large", async (t) => {
	const card = await newCustomer();
	const page = await visitor(t, smallPhone);
	await page.goto(card.link);
	await page.click("#enlarge");
	await page.waitForSelector("#large[open]");
	const box = await page.locator("#large .qr").boundingBox();
	assert.ok(box && box.width >= 200, `the code is ${box?.width} wide`);
	const colour = await page.locator("#large .qr").evaluate((e) => getComputedStyle(e).backgroundColor);
	assert.equal(colour, "rgb(255, 255, 255)");
	await page.keyboard.press("Escape");
	await page.waitForSelector("#large:not([open])", { state: "attached" });
});

test("the card is there without a network, says since when, and comes back", async (t) => {
	const card = await newCustomer();
	const page = await visitor(t);
	await page.goto(card.link);
	await page.evaluate(() => navigator.serviceWorker.ready);
	await page.waitForFunction(async () => (await caches.keys()).length > 0 && Boolean(await caches.match(location.pathname)));
	await page.reload(); // now the worker has the page
	await page.waitForFunction(() => Boolean(navigator.serviceWorker.controller));

	await page.context().setOffline(true);
	await page.reload();
	await page.locator("#offline:not([hidden])").waitFor();
	assert.match(await text(page, "#offline"), /Offline\. The card as of \d/);
	assert.match(await text(page, ".said"), /0 of 10 stamps/);
	assert.ok(await page.locator(".ticket .qr path").count() > 0, "the code is there");
	assert.ok(await page.evaluate(() => getComputedStyle(document.querySelector(".stampcard")).borderRadius !== "0px"), "the styles are there");

	await stamp(card, 3); // meanwhile
	await page.context().setOffline(false);
	await page.locator(".said", { hasText: "3 of 10 stamps" }).waitFor();
	await page.locator("#offline").waitFor({ state: "hidden" });
});

test("the worker of one card leaves others alone", async (t) => {
	const [one, two] = [await newCustomer(), await newCustomer()];
	const page = await visitor(t);
	await page.goto(one.link);
	await page.evaluate(() => navigator.serviceWorker.ready);
	await page.goto(two.link);
	await page.evaluate(() => navigator.serviceWorker.ready);
	const scopes = await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map((r) => r.scope));
	assert.deepEqual(scopes.sort(), [one.link, two.link].sort());
	await page.goto(base + "/");
	assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
});

test("card and poster print on one page each", async (t) => {
	const card = await newCustomer();
	await stamp(card, 7);
	for (const url of [card.link, demo.poster_url, demo.poster_url + "?lang=ru"]) {
		const page = await visitor(t, { isMobile: false, hasTouch: false });
		await page.goto(url);
		const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true, printBackground: true });
		const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g)?.length;
		assert.equal(pages, 1, url);
	}
});

test("nothing moves for those who asked for stillness", async (t) => {
	const card = await newCustomer();
	const page = await visitor(t, { reducedMotion: "reduce" });
	await openCard(page, card);
	await stamp(card, 2);
	await page.locator(".slot.landed").first().waitFor();
	assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
});

test("names that are attacks stay names", async (t) => {
	const name = `<img src=x onerror=alert(1)><script>alert(2)</script>`;
	const card = await newCustomer({ first_name: name });
	const page = await visitor(t);
	await openCard(page, card);
	assert.match(await text(page, ".hello"), /<img src=x onerror=alert\(1\)>/);
	await stamp(card, 1);
	await page.locator(".said", { hasText: "1 of 10 stamps" }).waitFor();
	assert.match(await text(page, ".hello"), /<script>/);
	assert.equal(await page.locator(".hello img, .hello script").count(), 0);
});
