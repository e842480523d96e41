// Tells a service worker which files its app consists of. They are known only after
// the build, so the worker's source has a place for them.

import { createHash } from "node:crypto";
import type { Plugin, Rolldown } from "vite";

/** What stands in the worker's source where the list belongs. */
export const PLACE = "__LEIMA_FILES__";

interface Options {
	/** The name of the worker's entry. */
	worker: string;
	/** The app's page. */
	page: string;
	/** Where the server answers with the page. */
	address: string;
}

/**
 * Returns the plugin. The list holds the page's address and every script, style and
 * other file that the page or something it imports, now or later, leads to; the
 * version changes when any of them does.
 */
export function precache({ worker, page, address }: Options): Plugin {
	let base = "/";
	return {
		name: "leima-precache",
		apply: "build",
		enforce: "post",
		configResolved(config) {
			base = config.base;
		},
		generateBundle: {
			order: "post",
			handler(_, bundle) {
				const script = bundle[`${worker}.js`];
				const entry = bundle[page];
				if (script?.type !== "chunk" || entry?.type !== "asset") {
					this.error(`no ${worker}.js or ${page} was built`);
				}
				if (script.imports.length + script.exports.length > 0) {
					this.error(`${worker}.js must stand alone, but imports ${script.imports.join(", ")}`);
				}
				const files = reachable(bundle, pageScripts(String(entry.source), base));
				const digest = createHash("sha256").update(String(entry.source));
				for (const name of files) {
					digest.update(name); // names hold digests of what is inside
				}
				const list = JSON.stringify({ version: digest.digest("hex").slice(0, 12), page: address, files: files.map((name) => base + name) });
				if (!script.code.includes(PLACE)) {
					this.error(`${worker}.js has no place for the list`);
				}
				script.code = script.code.replace(new RegExp(`["'\`]${PLACE}["'\`]`), JSON.stringify(list));
			},
		},
	};
}

/** The files that the page itself names. */
function pageScripts(html: string, base: string): string[] {
	return [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((m) => m[1] ?? "").filter((a) => a.startsWith(base)).map((a) => a.slice(base.length));
}

function reachable(bundle: Rolldown.OutputBundle, from: string[]): string[] {
	const found = new Set<string>();
	const waiting = [...from];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		const file = bundle[name];
		if (found.has(name) || !file) {
			continue;
		}
		found.add(name);
		if (file.type === "chunk") {
			waiting.push(...file.imports, ...file.dynamicImports, ...(file.viteMetadata?.importedCss ?? []), ...(file.viteMetadata?.importedAssets ?? []));
		}
	}
	return [...found].sort();
}
