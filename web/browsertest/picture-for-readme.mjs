// The picture in README.md: "make pictures" in the folder above all writes it anew.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { PNG } from "pngjs";
import { newCustomer, openCard, phone, stamp, visitor } from "./world.mjs";

const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));

/**
 * Packs a picture anew, without loss: flat colours and lettering are a third smaller
 * when rows are not written as differences, which the browser does for speed.
 */
const smaller = (png) => PNG.sync.write(PNG.sync.read(png), { colorType: 2, filterType: 0, deflateLevel: 9, deflateStrategy: 0 });

test("docs/images/card.png", async (t) => {
	mkdirSync(folder, { recursive: true });
	const card = await newCustomer();
	await stamp(card, 10); // a reward
	await stamp(card, 7);
	// README.md shows it 300 pixels wide: this is sharp on a fine screen, too.
	const page = await visitor(t, { ...phone, deviceScaleFactor: 1.5, colorScheme: "light", reducedMotion: "reduce" });
	await openCard(page, card);
	await page.locator(".ready").waitFor();
	// The picture ends below the code, not in it.
	const code = await page.locator(".ticket .qr").boundingBox();
	const height = Math.ceil(code.y + code.height) + 16;
	await page.setViewportSize({ width: phone.viewport.width, height });
	writeFileSync(folder + "card.png", smaller(await page.screenshot()));
});
