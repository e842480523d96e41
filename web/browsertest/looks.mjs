// What is checked on every screen: axe, nothing cut off, nothing too small to press.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Runs axe in the page; its policy allows no script of ours, so it goes in by the debugger. */
export async function violations(page) {
	if (!await page.evaluate(() => "axe" in window)) {
		await page.evaluate(axe);
	}
	const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	return result.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
}

/** Names what reaches beyond the right edge, or holds more text than it shows. */
export const wide = (page) => page.evaluate(() => {
	const limit = document.documentElement.clientWidth + 1;
	const hidden = ".poster, .scroll, .unseen, .pot, .sprite, .said-only, .tool span, .working p";
	const shown = [...document.querySelectorAll("body *")].filter((e) => !e.closest(hidden) && e.checkVisibility());
	return shown.filter((e) => {
		const cut = e instanceof HTMLElement && !(e instanceof HTMLInputElement) && !(e instanceof HTMLSelectElement) && e.scrollWidth > e.clientWidth + 1
			&& getComputedStyle(e).overflowX !== "visible" && e.clientWidth > 0;
		return e.getBoundingClientRect().right > limit || cut;
	}).map((e) => `${e.tagName}.${e.className} ${(e.textContent ?? "").slice(0, 40)}`).slice(0, 5);
});

/** Names what can be pressed and is less than 44 pixels high or wide. */
export const small = (page) => page.evaluate(() => [...document.querySelectorAll("a, button, select, input:not([type=hidden])")]
	.filter((e) => e.checkVisibility() && !e.closest(".unseen, .pot, .skip, .errors"))
	.map((e) => [e, (e.type === "checkbox" ? e.closest(".tick") : e).getBoundingClientRect()])
	.filter(([, box]) => box.height < 44 || box.width < 44)
	.map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${Math.round(box.width)}×${Math.round(box.height)}`));
