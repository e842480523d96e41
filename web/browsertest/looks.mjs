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

/** Names what can be pressed in the console and is smaller than a fingertip. */
export const tooSmall = (page) => page.evaluate(() => [...document.querySelectorAll("a, button, select, summary, input:not([type=hidden])")]
	.filter((e) => e.checkVisibility() && !e.closest(".unseen, .skip"))
	.map((e) => [e, (["checkbox", "radio"].includes(e.type) ? e.closest("[class*=body]") : e).getBoundingClientRect()])
	.filter(([, box]) => box.height < 43.5 || box.width < 43.5)
	.map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${Math.round(box.width)}×${Math.round(box.height)}`));

/** How far apart readers may have letters, words, lines and paragraphs (WCAG 2.2, 1.4.12). */
const SPACED = "* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important; } p { margin-bottom: 2em !important; }";
/** A page of 1280 pixels at 400 % and at 200 % (1.4.10, 1.4.4). */
const ZOOMED = [{ width: 320, height: 640 }, { width: 640, height: 450 }];

/** Names what is lost: beyond an edge, cut off by its box, or written over something else. Runs in the page. */
function lost() {
	// Drawings and fields are no text; tables of numbers scroll inside; what only screen readers have is nowhere.
	const free = ".poster, .scroll, .unseen, .skip, .pot, .sprite, .said-only, .tool span, .working p, .palette-button .words, .list:not(.narrow) thead, .figures, .peek, .drawing, .mantine-Switch-track, .slot, .dial, .qr, svg, select, input, textarea, option";
	const limit = document.documentElement.clientWidth + 1;
	const name = (e) => `${e.tagName}.${e.className} ${(e.textContent ?? "").replace(/\s+/g, " ").slice(0, 40)}`;
	const shown = [...document.querySelectorAll("body *")].filter((e) => e instanceof HTMLElement && !e.closest(free) && e.checkVisibility());
	const found = [];
	if (document.documentElement.scrollWidth > limit) {
		found.push(`the page scrolls sideways: ${document.documentElement.scrollWidth}`);
	}
	const texts = [];
	for (const e of shown) {
		const box = e.getBoundingClientRect();
		const { overflowX, overflowY } = getComputedStyle(e);
		if (box.width > 1 && (box.right > limit || box.left < -1)) {
			found.push(`beyond the edge: ${name(e)}`);
		}
		if (overflowX !== "visible" && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1) {
			found.push(`cut at the side: ${name(e)}`);
		}
		if (["hidden", "clip"].includes(overflowY) && e.clientHeight > 1 && e.scrollHeight > e.clientHeight + 2) {
			found.push(`cut below: ${name(e)}`);
		}
		// What floats is above other things on purpose.
		if (!e.closest(".top, .form-bar.floating, .notices, [aria-hidden=true], thead")) {
			for (const node of e.childNodes) {
				if (node.nodeType === Node.TEXT_NODE && node.data.trim() !== "") {
					const range = document.createRange();
					range.selectNodeContents(node);
					texts.push(...[...range.getClientRects()].filter((r) => r.width > 3 && r.height > 8).map((r) => ({ e, r })));
				}
			}
		}
	}
	// Half of the space between lines may be shared.
	const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > .35 * Math.min(a.height, b.height);
	const inDialog = document.querySelector("dialog[open], [role=dialog], .navigation.open");
	const ordered = texts.filter(({ e }) => !inDialog || inDialog.contains(e)).sort((x, y) => x.r.top - y.r.top);
	for (const [i, x] of ordered.entries()) {
		for (let j = i + 1; j < ordered.length && ordered[j].r.top < x.r.bottom; j++) {
			if (over(x.r, ordered[j].r)) {
				found.push(`one over the other: ${name(x.e)} | ${name(ordered[j].e)}`);
			}
		}
	}
	return [...new Set(found)].slice(0, 6);
}

/**
 * Names what does not fit where there is little room, with text as far apart as readers
 * may have it. Afterwards the page is as it was.
 */
export async function crowded(page) {
	const before = page.viewportSize();
	await page.evaluate((css) => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(css);
		window.spaced = sheet;
		document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
	}, SPACED);
	const found = [];
	for (const size of ZOOMED) {
		await page.setViewportSize(size);
		found.push(...(await page.evaluate(lost)).map((what) => `at ${size.width} pixels, ${what}`));
	}
	await page.evaluate(() => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== window.spaced); });
	await page.setViewportSize(before);
	return found;
}
