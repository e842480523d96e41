// Measures what a visitor has to load before an app can be used, against its limit.
// The scripts count that the page leads to at once, with one language, the largest,
// and with the chunk of the first screen, compressed as the server sends them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = join(import.meta.dirname, "../../dist/apps");

/** Limits in bytes, kB as in "kilo". parts are chunks that are loaded later and count all the same. */
const limits = {
	till: { limit: 120_000, parts: ["scanner"] },
	console: { limit: 150_000, parts: ["home"] },
};

const names = readdirSync(folder);
const text = (name) => readFileSync(join(folder, name), "utf8");
const zipped = (name) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length;

/** The scripts that a script imports at once. */
const imports = (name) => [...text(name).matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)].map((m) => m[1]);

function withImports(first) {
	const found = new Set();
	const waiting = [...first];
	while (waiting.length > 0) {
		const name = waiting.pop();
		if (!found.has(name)) {
			found.add(name);
			waiting.push(...imports(name));
		}
	}
	return [...found];
}

let tooLarge = false;
for (const [app, { limit, parts }] of Object.entries(limits)) {
	const named = [...text(`${app}.html`).matchAll(/(?:src|href)="\/static\/apps\/([^"]+\.js)"/g)].map((m) => m[1]);
	for (const part of parts) {
		const chunk = names.find((n) => n.startsWith(`${part}-`) && n.endsWith(".js"));
		if (chunk) {
			named.push(chunk);
		}
	}
	const scripts = withImports(named);
	const reached = scripts.flatMap((name) => [...text(name).matchAll(/["'`]\.\/([^"'`]+\.js)["'`]/g)].map((m) => m[1]));
	let catalogs = 0;
	const perLocale = {};
	for (const name of new Set(reached)) {
		const locale = /^(en|fi|sv|pl|fr|de|ru)-/.exec(name)?.[1];
		if (locale && names.includes(name)) {
			perLocale[locale] = (perLocale[locale] ?? 0) + zipped(name);
		}
	}
	catalogs = Math.max(0, ...Object.values(perLocale));
	const size = scripts.reduce((sum, name) => sum + zipped(name), catalogs);
	const good = size <= limit;
	tooLarge ||= !good;
	console.log(`${good ? "good     " : "TOO LARGE"} ${app}: ${(size / 1000).toFixed(1)} kB gzip of ${limit / 1000} kB, in ${scripts.length} scripts and one language`);
}
process.exit(tooLarge ? 1 : 0);
