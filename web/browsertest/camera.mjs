// A till's camera, played by Chromium: it sees a film of a code that is held before it.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";
import { browserArguments, executablePath } from "./world.mjs";

/**
 * Makes a film of a card held before the camera: a moment of nothing, then the code.
 * YUV4MPEG2 is a line of text and then plain pictures, brightness before colour.
 */
function film({ width: columns, height: rows, light }) {
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
	const module = Math.min(560 / columns, 320 / rows);
	const shown = frame((x, y) => {
		const [u, v] = [(x - (width - columns * module) / 2) / module, (y - (height - rows * module) / 2) / module].map(Math.floor);
		return u >= 0 && v >= 0 && u < columns && v < rows ? (light(u, v) ? 235 : 16) : 235;
	});
	const nothing = frame(() => 120);
	return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...Array(3).fill(nothing), ...Array(27).fill(shown)]);
}

/** Starts a browser whose camera sees the code. */
export async function seeing(t, code) {
	const folder = await mkdtemp(join(tmpdir(), "leima-camera-"));
	t.after(() => rm(folder, { recursive: true, force: true }));
	await writeFile(join(folder, "card.y4m"), film(code));
	return withCameras(t, "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${join(folder, "card.y4m")}`);
}

export async function withCameras(t, ...cameras) {
	const browser = await chromium.launch({ executablePath, args: [...browserArguments, "--use-fake-ui-for-media-stream", ...cameras] });
	t.after(() => browser.close());
	return browser;
}

/** The QR code of a card's page. */
export async function qrOf(card) {
	const code = PNG.sync.read(Buffer.from(await (await fetch(card.link + "/qr.png")).arrayBuffer()));
	return { width: code.width, height: code.height, light: (u, v) => code.data[(v * code.width + u) * 4] > 127 };
}

/** What the reader's sister writes; both come with the till's own build. */
export async function symbolOf(format, text) {
	const parts = new URL("../app/node_modules/zxing-wasm/dist/", import.meta.url);
	const { prepareZXingModule, writeBarcode } = await import(new URL("es/writer/index.js", parts));
	const wasmBinary = (await readFile(new URL("writer/zxing_writer.wasm", parts))).buffer;
	await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
	const { symbol } = await writeBarcode(text, { format });
	return { width: symbol.width, height: symbol.height, light: (u, v) => symbol.data[v * symbol.width + u] > 127 };
}
