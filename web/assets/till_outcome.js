// @ts-check
// The one place where the till says what happened: colour, sign, words and sound.

import { signal } from "./till_sound.js";

const signs = { good: "#i-good", reward: "#i-gift", refused: "#i-stop", unknown: "#i-unknown", undone: "#i-undo", wait: "#i-wait" };

/**
 * @param {import("./till_sound.js").Outcome} outcome
 * @param {string} title
 * @param {string} [text]
 * @param {{quiet?: boolean}} [how]
 */
export function show(outcome, title, text = "", how = {}) {
	const box = /** @type {HTMLElement} */ (document.getElementById("outcome"));
	box.className = "outcome " + outcome;
	box.querySelector("use")?.setAttribute("href", signs[outcome]);
	const [titleLine, textLine] = box.querySelectorAll("p");
	if (titleLine && textLine) {
		titleLine.textContent = title;
		textLine.textContent = text;
	}
	box.hidden = false;
	if (!how.quiet) {
		signal(outcome);
	}
}

export function clearOutcome() {
	/** @type {HTMLElement} */ (document.getElementById("outcome")).hidden = true;
}
