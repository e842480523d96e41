// Hands that have a keyboard and nothing else. They move on with Tab, as somebody does
// who sees only where the focus is, and end the story where it cannot be seen.

import assert from "node:assert/strict";

/** How many Tabs somebody presses before they give up. */
const MAX_TABS = 150;
/** How long the focus may be hidden by what is about to go. */
const SLIDING_MS = 2_000;
/** Slower than any scanner, so that the till takes it for a person. */
export const PERSON_MS = 65;

/**
 * What has the focus, whether that can be seen, and whether it is one of the elements.
 * Runs in the page.
 */
function look(wanted) {
	const e = document.activeElement;
	if (!e || e === document.body) {
		return { name: "", nowhere: true, there: false, ringed: true, uncovered: true };
	}
	const ring = (x) => {
		const { outlineStyle, outlineWidth, opacity } = getComputedStyle(x);
		const box = x.getBoundingClientRect();
		return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && opacity !== "0" && box.width >= 8 && box.height >= 8;
	};
	// The ring of a switch is on its track, that of a tick on the drawn box beside it.
	const ringed = [e, e.nextElementSibling, e.parentElement].some((x) => x && ring(x));
	const box = e.getBoundingClientRect();
	const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .2], [.5, .8]].map(([x, y]) => [box.left + x * box.width, box.top + y * box.height]);
	const label = e.closest("label") ?? e.parentElement;
	const uncovered = box.width < 8 || points.some(([x, y]) => {
		const top = document.elementFromPoint(x, y);
		return top && (e.contains(top) || top.contains(e) || label?.contains(top));
	});
	const name = `${e.tagName.toLowerCase()}${e.id && `#${e.id}`} ${e.getAttribute("aria-label") ?? e.textContent}`.replace(/\s+/g, " ").trim().slice(0, 60);
	return { name, nowhere: false, there: wanted.includes(e), ringed, uncovered };
}

/**
 * Takes the keyboard of a page. Only keys are pressed; nothing is clicked, filled in or
 * focused. A stroke takes so many milliseconds.
 */
export function hands(page, { stroke = 0 } = {}) {
	const press = async (...keys) => {
		for (const key of keys) {
			await page.keyboard.press(key);
		}
	};

	/** Looks until the focus can be seen: what a screen slides in or takes away is given time. */
	const seen = async (target) => {
		const until = Date.now() + SLIDING_MS;
		for (;;) {
			const at = await target.evaluateAll(look);
			if (at.nowhere || (at.ringed && at.uncovered)) {
				return at;
			}
			if (Date.now() > until) {
				assert.ok(at.ringed, `no focus to be seen on ${at.name}`);
				assert.fail(`something covers ${at.name} while it has the focus`);
			}
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	};

	/**
	 * Presses Tab until the focus is on an element of the locator; it can be seen and is
	 * not covered at each step. With back, Shift and Tab.
	 */
	const tabTo = async (target, { back = false } = {}) => {
		await target.first().waitFor({ state: "attached" });
		const passed = [];
		for (let i = 0; i < MAX_TABS; i++) {
			await page.keyboard.press(back ? "Shift+Tab" : "Tab");
			const at = await seen(target);
			if (at.there) {
				return;
			}
			passed.push(at.name);
		}
		assert.fail(`the focus never comes to ${target}; it was on ${passed.slice(-12).join(" | ")}`);
	};

	/** Goes to an element and presses it. */
	const go = async (target, options) => {
		await tabTo(target, options);
		await page.keyboard.press("Enter");
	};

	return {
		press,
		tabTo,
		go,
		/** Types into what has the focus, as a person does. */
		type: (text) => page.keyboard.type(text, { delay: stroke }),
		/** Goes to a field and writes into it, in place of what was there. */
		fill: async (field, text) => {
			await tabTo(field);
			await press("Control+a");
			await page.keyboard.type(text, { delay: stroke });
		},
		/** Chooses a line of a list by going down to it. */
		choose: async (field, line) => {
			await tabTo(field);
			const count = await field.locator("option").count();
			await press("Home");
			for (let i = 0; i < count; i++) {
				const at = await field.locator("option:checked").innerText();
				if (line.test(at)) {
					return;
				}
				await press("ArrowDown");
				// What is chosen may have to be loaded before it is so, such as a language.
				await page.waitForFunction(([e, before]) => e.selectedOptions[0]?.text !== before, [await field.elementHandle(), at]);
			}
			assert.fail(`the list ${field} has no line ${line}`);
		},
		/** Opens a file by the browser's own window, which a person works in by keyboard too. */
		file: async (button, file) => {
			const opened = page.waitForEvent("filechooser");
			await tabTo(button);
			await press("Enter");
			await (await opened).setFiles(file);
		},
		/** Waits until an element has the focus. */
		has: (target, message = `the focus is on ${target}`) => target.and(page.locator(":focus")).waitFor({ state: "attached" }).catch(async (e) => {
			const at = await target.evaluateAll(look);
			assert.fail(`${message}: it is ${at.nowhere ? "nowhere" : `on ${at.name}`} (${e.name})`);
		}),
	};
}
