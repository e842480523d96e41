// @ts-check
// What the till shows of a card that was found.

import { count, lastDay, say, words } from "./till_texts.js";

/** Cards up to this size are drawn with large dots. */
const LARGE_DOTS = 20;

/** @typedef {Record<string, string>} Words in several languages */
/** @typedef {{id: string, name: Words, status: string, expires_at?: string}} Coupon */
/**
 * @typedef {object} Scan what the API tells of a card
 * @property {string} display_name
 * @property {{id: string, status: string, balance: number, goal: number}} card
 * @property {{name: Words}} program
 * @property {{name: Words, missing: number}} next_reward
 * @property {Coupon[]} coupons
 * @property {{stamp: boolean, max_quantity: number, redeem: boolean, refusal?: {staff_message: string}}} allowed
 */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const other = () => /** @type {HTMLInputElement} */ (element("quantity"));
/** The most stamps that the card can be given now. */
let most = 100;

/** The number of stamps chosen; 0 if it is not one that can be given. */
export function quantity() {
	const n = Number(other().value);
	return Number.isInteger(n) && n >= 1 && n <= 100 ? n : 0;
}

/** @param {number} n */
export function setQuantity(n) {
	other().value = String(n);
	showQuantity();
}

function showQuantity() {
	const n = quantity();
	for (const key of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-quantity]"))) {
		const q = Number(key.dataset.quantity);
		key.setAttribute("aria-pressed", String(q === n));
		key.disabled = q > most;
	}
	const stamp = /** @type {HTMLButtonElement} */ (element("stamp"));
	stamp.textContent = count("stamp", n || 1);
	stamp.disabled = n === 0 || n > most;
}

document.getElementById("quantities")?.addEventListener("click", (e) => {
	const key = /** @type {HTMLElement} */ (e.target).closest("[data-quantity]");
	if (key) {
		setQuantity(Number(/** @type {HTMLElement} */ (key).dataset.quantity));
	}
});
document.getElementById("quantity")?.addEventListener("input", showQuantity);

export function hideFound() {
	element("found").hidden = true;
}

/**
 * @param {Scan} scan
 * @param {(coupon: Coupon) => void} redeem
 */
export function showFound(scan, redeem) {
	const { card, allowed, next_reward: next } = scan;
	const filled = Math.max(card.balance, 0);
	element("who").textContent = scan.display_name;
	const program = document.getElementById("card-program"); // there if the shop has several
	if (program) {
		program.textContent = words(scan.program.name);
	}
	element("unconfirmed").hidden = card.status !== "provisional";
	element("progress").textContent = count("progress", card.goal, { balance: filled });
	element("missing").textContent = card.balance < 0 ? count("debt", -card.balance) : count("missing", card.goal - filled);
	element("next").textContent = count("next", next.missing, { reward: words(next.name) });
	const refusal = element("refusal");
	refusal.hidden = allowed.stamp;
	refusal.textContent = allowed.refusal?.staff_message ?? "";
	most = allowed.stamp ? allowed.max_quantity : 0;
	drawDots(card.goal, filled);
	listCoupons(scan, redeem);
	showQuantity();
	element("found").hidden = false;
}

/**
 * @param {number} goal
 * @param {number} filled
 */
function drawDots(goal, filled) {
	const dots = element("dots");
	dots.classList.toggle("many", goal > LARGE_DOTS);
	dots.replaceChildren(...Array.from({ length: goal }, (_, i) => {
		const dot = document.createElement("span");
		dot.className = i < filled ? "on" : "";
		return dot;
	}));
}

/**
 * @param {Scan} scan
 * @param {(coupon: Coupon) => void} redeem
 */
function listCoupons(scan, redeem) {
	const list = element("coupons");
	if (scan.coupons.length === 0) {
		const none = document.createElement("li");
		none.className = "none";
		none.textContent = say("coupons_none");
		list.replaceChildren(none);
		return;
	}
	list.replaceChildren(...scan.coupons.map((coupon) => {
		const line = document.createElement("li");
		const text = document.createElement("span");
		const name = document.createElement("strong");
		name.textContent = words(coupon.name);
		text.append(name);
		if (coupon.expires_at) {
			text.append(say("until", { date: lastDay(coupon.expires_at) }));
		}
		const button = document.createElement("button");
		button.type = "button";
		button.className = "button main";
		button.textContent = say("redeem");
		button.setAttribute("aria-label", say("redeem") + ": " + words(coupon.name));
		button.disabled = !scan.allowed.redeem;
		button.addEventListener("click", () => redeem(coupon));
		line.append(text, button);
		return line;
	}));
}
