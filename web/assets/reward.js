// @ts-check
// The screen of a reward: what the customer shows at the till, and what it becomes the
// moment the till has redeemed it. A picture of it is found out by the running time and
// by the hand that goes round with the seconds.

import { now } from "./clock.js";
import { openScreen } from "./screen.js";

const screen = /** @type {HTMLDialogElement} */ (document.getElementById("reward"));
/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById("reward-" + id));
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { timeStyle: "medium" });

/** The id of the row whose reward is on the screen. */
let shown = "";
/** @type {ReturnType<typeof setInterval> | undefined} */
let ticking;

const rowShown = () => document.getElementById(shown);

function tick() {
	part("clock").textContent = clock.format(now());
}

/** Shows how it stands with the coupon: ready, used or gone. */
function describe() {
	const row = rowShown();
	const used = row?.dataset.used;
	screen.classList.toggle("used", Boolean(used));
	const state = used ? (screen.dataset.used ?? "").replace("%", clock.format(Number(used))) : row ? screen.dataset.ready : screen.dataset.gone;
	if (part("state").textContent !== state) {
		part("state").textContent = state ?? "";
	}
	screen.classList.toggle("gone", !row);
	const name = row?.querySelector("strong")?.textContent;
	if (name) {
		part("name").textContent = name;
	}
}

/** @param {string} row */
function open(row) {
	shown = row;
	describe();
	tick();
	// The hand stands where the second is.
	part("hand").style.animationDelay = `${-(now() % 60_000)}ms`;
	clearInterval(ticking);
	ticking = setInterval(tick, 250);
	openScreen(screen);
}

screen.addEventListener("close", () => clearInterval(ticking));
document.getElementById("card")?.addEventListener("click", (e) => {
	const row = /** @type {Element} */ (e.target).closest(".reward");
	if (row) {
		open(row.id);
	}
});

/** The rows of rewards that were used just now. */
export const usedRewards = () => new Set([...document.querySelectorAll(".reward.used")].map((row) => row.id));

/**
 * Follows a change of the card: what was used just now is shown at once.
 * @param {ReturnType<typeof usedRewards>} before
 */
export function followRewards(before) {
	const fresh = [...usedRewards()].find((row) => !before.has(row));
	if (fresh && (!screen.open || !rowShown() || shown === fresh)) {
		open(fresh);
	} else if (screen.open) {
		describe();
	}
}
