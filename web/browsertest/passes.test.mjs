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

test("the button is as high as its makers ask and has room around it", async (t) => {
	for (const options of [phone, smallPhone]) {
		const page = await visitor(t, { ...options, userAgent: iphone });
		await openCard(page, await newCustomer());
		const room = await page.locator("a.wallet").evaluate((button) => {
			const box = button.getBoundingClientRect();
			const others = [...document.querySelectorAll("p, h1, h2, dl, svg, a, button, img")].filter((e) => !e.contains(button) && !button.contains(e) && e.checkVisibility());
			const gap = (b) => Math.max(b.left - box.right, box.left - b.right, b.top - box.bottom, box.top - b.bottom);
			return { height: box.height, gap: Math.min(...others.map((e) => gap(e.getBoundingClientRect())), box.left, document.documentElement.clientWidth - box.right) };
		});
		assert.ok(room.height >= 48, `${room.height} px high`);
		assert.ok(room.gap >= 8, `${room.gap} px of room`);
	}
});

test("a customer of two programs adds both cards at once, and inside another app is told where", async (t) => {
	const owner = await visitor(t, desk);
	await owner.goto(demo.staff_url);
	await owner.goto(`${base}/staff`);
	const made = (path, method, headers, body) => owner.evaluate(async ([path, method, headers, body]) => {
		const response = await fetch(path, { method, headers: { "Content-Type": "application/json", ...headers }, body });
		return { status: response.status, body: await response.json() };
	}, [path, method, headers, JSON.stringify(body)]);
	const { status, body: program } = await made("/v1/programs", "POST", {}, {
		name: { en: "Second card" }, status: "active", goal: 5, rewards: [{ kind: "main", name: { en: "A cup of tea" } }],
	});
	assert.equal(status, 201, JSON.stringify(program));
	try {
		const email = `two-cards-${Date.now()}@example.org`;
		const first = await newCustomer({ email });
		await newCustomer({ email }, program.id);
		for (const [name, options] of Object.entries({ phone, "phone, dark": { ...phone, colorScheme: "dark" }, "small phone": smallPhone })) {
			const page = await visitor(t, { ...options, userAgent: iphone });
			await openCard(page, first);
			for (const locale of options === smallPhone ? locales : ["en"]) {
				await page.goto(`${first.link}?lang=${locale}`);
				const all = page.locator("a.other-wallet");
				assert.equal(await all.count(), 1);
				assert.match(await all.innerText(), /2/);
				await looksRight(page, `two cards ${name} ${locale}`);
			}
		}
		const inside = await visitor(t, { ...smallPhone, userAgent: `${iphone} Instagram 334.0.0.21.96` });
		await openCard(inside, first);
		assert.equal(await inside.locator("a.other-wallet").count(), 0);
		await inside.locator(".to-wallet .hint").waitFor();
		await looksRight(inside, "inside another app");
	} finally {
		await made(`/v1/programs/${program.id}`, "PATCH", { "If-Match": `"${program.version}"` }, { status: "ended" });
	}
});

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
		await page.goto(`${base}/console/passes?behind=apple`);
		await page.getByText("No pass is behind any more").waitFor();
		await isSound(page, `nothing is behind, ${name}`);
		await page.getByRole("link", { name: "Close", exact: true }).click();
		await page.getByText("No pass is behind any more").waitFor({ state: "detached" });
	}
});

test("the owner sees in which wallets a customer's card is, and how to get it there", async (t) => {
	const card = await newCustomer();
	const profile = `${base}/console/customers/${card.customer_id}`;
	const owner = await visitor(t, desk);
	await owner.goto(demo.staff_url);
	await owner.waitForURL(/\/console/);
	await owner.goto(profile);
	await owner.getByText("In no wallet yet").waitFor();
	await owner.getByRole("button", { name: "Copy the link" }).waitFor();
	await isSound(owner, "in no wallet");

	const iPhone = await visitor(t, { userAgent: iphone });
	assert.equal((await iPhone.request.get(`${card.link}/pass.pkpass`)).status(), 200);
	// Nobody loads the page again: it looks by itself.
	const row = owner.getByRole("table", { name: "Cards in wallets" }).getByRole("row").filter({ hasText: "Apple Wallet" });
	await row.getByText("Not installed yet").waitFor();
	await isSound(owner, "in a wallet, perhaps");
	for (const [name, options] of Object.entries({ "phone, dark": { ...phone, colorScheme: "dark" }, "small phone": smallPhone })) {
		const page = await visitor(t, options);
		await page.goto(demo.staff_url);
		await page.waitForURL(/\/console/);
		await page.goto(profile);
		await page.getByText("Not installed yet").waitFor();
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name} scrolls sideways`);
		await isSound(page, `in a wallet, ${name}`);
	}
});
