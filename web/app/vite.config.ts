// Builds the till and the console into ../dist/apps, which Go embeds. Both are made
// in one build, so that what they share is made once; a chunk holds only what
// everybody who loads it needs.

import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { precache } from "./workshop/precache.ts";

/** The server that "npm run dev" asks for all that is not an app. */
const server = process.env["LEIMA_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
	base: "/static/apps/",
	plugins: [react(), lingui(), precache({ worker: "till-worker", page: "till.html", address: "/till" })],
	build: {
		outDir: "../dist/apps",
		emptyOutDir: true,
		assetsDir: "",
		// The Content-Security-Policy takes no data: for scripts and fonts.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		target: ["es2022", "chrome109", "safari16.4", "firefox115"],
		rolldownOptions: {
			input: { till: "till.html", console: "console.html", "till-worker": "src/till/worker/worker.ts" },
			output: {
				// A worker must keep its address, or the browser never finds the new one.
				entryFileNames: (chunk) => (chunk.name === "till-worker" ? "till-worker.js" : "[name]-[hash].js"),
				// Both apps have React; it stays the same when an app changes.
				// What is shared stays in one piece each: small pieces are packed worse.
				codeSplitting: { groups: [
					{ name: "react", test: /node_modules\/(react|react-dom|scheduler)\// },
					{ name: "client", test: /(src\/(api|problem|locale|focus)\/[^?]*\.ts|node_modules\/(@lingui|openapi-fetch)\/[^?]*\.m?js|preload-helper\.js|rolldown\/runtime\.js)$/ },
					{ name: "counter", test: /src\/till\/(?!settings\/|worker\/|main|device\/scanner)[^?]*\.tsx?$/ },
				] },
			},
		},
	},
	server: {
		proxy: Object.fromEntries(["/v1", "/brand", "/card", "/demo", "/signin", "/staff"].map((path) => [path, server])),
	},
	test: { include: ["src/**/*.test.ts", "workshop/**/*.test.ts"], css: true },
});
