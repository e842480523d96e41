// A new version of the till arrives while commands wait to be sent.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { base, browserArguments, desk, entries, executablePath, kept, newCustomer, pairingCode, scan, signIn } from "./world.mjs";

/** Stands before the demo as a server that can be updated, and whose ledger can be away. */
async function server(t) {
	const state = { version: "", ledger: true, base: "" };
	const proxy = http.createServer((request, response) => {
		if (!state.ledger && request.url.startsWith("/v1/stamps")) {
			request.resume();
			response.writeHead(503).end();
			return;
		}
		const onward = http.request(base + request.url, { method: request.method, headers: { ...request.headers, "accept-encoding": "identity" } }, async (answer) => {
			const headers = { ...answer.headers };
			if (!request.url.startsWith("/till/sw.js")) {
				response.writeHead(answer.statusCode, headers);
				answer.pipe(response);
				return;
			}
			const parts = await answer.toArray();
			delete headers["content-length"];
			response.writeHead(answer.statusCode, headers).end(Buffer.concat(parts) + state.version);
		});
		onward.on("error", () => response.destroy());
		request.pipe(onward);
	});
	proxy.listen(0, "127.0.0.1");
	await once(proxy, "listening");
	t.after(() => {
		proxy.closeAllConnections();
		proxy.close();
	});
	state.base = `http://127.0.0.1:${proxy.address().port}`;
	return state;
}

test("a new version is loaded while a stamp waits, which is then sent once", async (t) => {
	const card = await newCustomer();
	const shop = await server(t);
	const browser = await chromium.launch({ executablePath, args: browserArguments });
	t.after(() => browser.close());
	const till = await (await browser.newContext({ locale: "en-GB", ...desk })).newPage();
	await till.goto(shop.base + "/till");
	await till.fill("#code", await pairingCode(t));
	await till.keyboard.press("Enter");
	await signIn(till, "Kaisa Kassa");
	await kept(till);

	shop.ledger = false;
	await scan(till, card.code);
	await till.click("#stamp");
	await till.locator(".outcome.saved").waitFor();
	shop.version = "\n// the next version";
	await till.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
	const ready = till.locator(".banner", { hasText: "A new version of the till is ready." });
	await till.getByRole("button", { name: "Next customer" }).click(); // nobody is interrupted
	await ready.waitFor();
	const reloaded = till.waitForEvent("load");
	await ready.getByRole("button", { name: "Load it" }).click();
	await reloaded;
	await till.locator("#waiting", { hasText: "1 waiting" }).waitFor();
	assert.deepEqual(await entries(card), []);

	shop.ledger = true;
	await signIn(till, "Kaisa Kassa");
	await till.locator("#waiting").waitFor({ state: "detached" });
	assert.equal((await entries(card)).length, 1);
});
