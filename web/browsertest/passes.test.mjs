// Cards in Apple Wallet: the button for those who can press it, the way there for the
// others, and what owners see. LEIMA_PICTURES names a folder for pictures of it all.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { small, violations, wide } from "./looks.mjs";
import { base, demo, desk, newCustomer, openCard, phone, smallPhone, visitor } from "./world.mjs";

const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const locales = ["en", "fi", "sv", "pl", "fr", "de", "ru"];

async function looksRight(page, name) {
	assert.deepEqual(await wide(page), [], name);
	assert.deepEqual(await small(page), [], name);
	await isSound(page, name);
}

/** The sizes of what is in the console are looked at in console-accessibility.test.mjs. */
async function isSound(page, name) {
	assert.deepEqual(await violations(page), [], name);
	if (process.env.LEIMA_PICTURES) {
		await page.screenshot({ path: join(process.env.LEIMA_PICTURES, `${name}.png`), fullPage: true });
	}
}

test("on an iPhone the join confirmation has the button, and it leads to the pass", async (t) => {
	const page = await visitor(t, { userAgent: iphone });
	await page.goto(demo.join_url);
	await page.fill("#first_name", "Wilma");
	await page.fill("#email", `wilma-${Date.now()}@example.org`);
	await page.click("form[method=post] button.main");
	const button = page.locator("a.wallet");
	await button.waitFor();
	assert.equal(await button.innerText(), "Add to Apple Wallet");
	await looksRight(page, "joined");
	const answer = await page.request.get(base + await button.getAttribute("href"));
	assert.equal(answer.status(), 200);
	assert.equal(answer.headers()["content-type"], "application/vnd.apple.pkpass");
	assert.equal((await answer.body()).subarray(0, 2).toString(), "PK");
});

for (const [name, options] of Object.entries({
	"phone, light": { ...phone }, "phone, dark": { ...phone, colorScheme: "dark" }, "small phone": { ...smallPhone },
})) {
	test(`the button reads well: ${name}`, async (t) => {
		const card = await newCustomer();
		const page = await visitor(t, { ...options, userAgent: iphone });
		await openCard(page, card);
		for (const locale of options.viewport.width === 320 ? locales : ["en"]) {
			await page.goto(`${card.link}?lang=${locale}`);
			await page.locator("a.wallet").waitFor();
			await looksRight(page, `card ${name} ${locale}`);
		}
	});
}

test("on a computer a code carries the page over to the phone", async (t) => {
	const page = await visitor(t, { ...desk, userAgent: windows });
	await openCard(page, await newCustomer());
	assert.equal(await page.locator("a.wallet").count(), 0);
	await page.click(".carry summary");
	const code = page.locator(".carry img");
	await code.waitFor();
	assert.ok(await code.evaluate((i) => i.decode().then(() => i.naturalWidth > 0)));
	await looksRight(page, "desk");
});

test("the owner sees how many passes there are, and that the certificate is made up", async (t) => {
	for (const [name, options] of Object.entries({ desk, "small phone": smallPhone })) {
		const page = await visitor(t, options);
		await page.goto(demo.staff_url);
		await page.waitForURL(/\/console/);
		await page.goto(`${base}/console/passes`);
		await page.getByText("Made up for trying out").waitFor();
		await isSound(page, `console ${name}`);
	}
});
