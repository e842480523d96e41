import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";
import { base, browserArguments, executablePath, newCustomer, openCard, outcome, pair, phone, text, visitor } from "./world.mjs";

/**
 * Makes a film of a card held before the camera: a moment of nothing, then the code.
 * YUV4MPEG2 is a line of text and then plain pictures, brightness before colour.
 */
function film(code) {
	const [width, height] = [640, 480];
	const frame = (bright) => {
		const picture = Buffer.alloc(width * height * 1.5, 128);
		for (let y = 0; y < height; y++) {
			for (let x = 0; x < width; x++) {
				picture[y * width + x] = bright(x, y);
			}
		}
		return Buffer.concat([Buffer.from("FRAME\n"), picture]);
	};
	const side = 320;
	const shown = frame((x, y) => {
		const [u, v] = [x - (width - side) / 2, y - (height - side) / 2].map((n) => Math.floor((n * code.width) / side));
		return u >= 0 && v >= 0 && u < code.width && v < code.height ? (code.data[(v * code.width + u) * 4] > 127 ? 235 : 16) : 200;
	});
	const nothing = frame(() => 120);
	return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...Array(3).fill(nothing), ...Array(27).fill(shown)]);
}

test("pair, PIN, scan by camera, stamp, and the card page changes", async (t) => {
	const card = await newCustomer({ first_name: "Kamera" });
	const folder = await mkdtemp(join(tmpdir(), "leima-camera-"));
	t.after(() => rm(folder, { recursive: true, force: true }));
	const code = PNG.sync.read(Buffer.from(await (await fetch(card.link + "/qr.png")).arrayBuffer()));
	await writeFile(join(folder, "card.y4m"), film(code));
	const browser = await chromium.launch({
		executablePath,
		args: [...browserArguments, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${join(folder, "card.y4m")}`],
	});
	t.after(() => browser.close());

	const customer = await visitor(t);
	await openCard(customer, card);
	const till = await visitor(t, { ...phone, browser, permissions: ["camera"] });
	await pair(t, till);
	let asked = 0;
	till.on("request", (r) => { asked += r.url().endsWith("/v1/scans") ? 1 : 0; });
	await till.getByRole("button", { name: "Scan with the camera" }).click();
	await till.locator("#who", { hasText: "Kamera" }).waitFor({ timeout: 30_000 });
	await till.click("#stamp");
	await outcome(till, "good", "1 stamp given");
	await customer.locator(".said", { hasText: "1 of 10 stamps" }).waitFor();
	assert.ok(asked <= 3, `a card that stays in view was looked up ${asked} times`);
	await till.getByRole("button", { name: "Next customer" }).click();
	await till.getByRole("button", { name: "Camera off" }).click();
	await till.locator("video").waitFor({ state: "detached" });
});

test("a camera that may not be used is told in words", async (t) => {
	const till = await visitor(t, phone);
	await pair(t, till);
	await till.evaluate(() => {
		navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
	});
	await till.getByRole("button", { name: "Scan with the camera" }).click();
	await till.locator(".refusal", { hasText: "The camera may not be used." }).waitFor();
	assert.match(await text(till, ".scan label"), /Scan or type/);
});

test("only the till may ask for the camera", async () => {
	const policy = async (path) => (await fetch(base + path)).headers.get("permissions-policy");
	assert.match(await policy("/till"), /camera=\(self\)/);
	assert.match(await policy("/"), /camera=\(\)/);
});
