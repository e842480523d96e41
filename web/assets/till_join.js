// @ts-check
// A new customer at the till: a few fields, and a code to scan for the customer.

import { post, Refused } from "./till_api.js";
import { say } from "./till_texts.js";

/** @typedef {{code: string, number: string, link: string}} NewCard */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const element = (id) => /** @type {T} */ (document.getElementById(id));
/** @param {string} id */
const value = (id) => /** @type {HTMLInputElement} */ (element(id)).value.trim();

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("join"));
dialog?.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());

/** @type {((e: SubmitEvent) => void) | undefined} */
let onSubmit;
document.getElementById("join-form")?.addEventListener("submit", (e) => {
	e.preventDefault();
	onSubmit?.(/** @type {SubmitEvent} */ (e));
});

/** @param {string} text */
function complain(text) {
	const error = element("join-error");
	error.textContent = text;
	error.hidden = text === "";
}

/**
 * Opens the form and calls made with the card that comes of it.
 * @param {string} program
 * @param {object} place
 * @param {import("./till_api.js").Watcher} watcher
 * @param {(card: NewCard & {known: boolean}) => Promise<void>} made
 */
export function openJoin(program, place, watcher, made) {
	if (!dialog) {
		return;
	}
	/** @type {HTMLFormElement} */ (element("join-form")).reset();
	complain("");
	let sending = false;
	onSubmit = async () => {
		const body = { first_name: value("join-name"), phone: value("join-phone"), email: value("join-email"), locale: document.documentElement.lang, ...place };
		if (!body.phone && !body.email) {
			complain(say("contact_hint"));
			element("join-phone").focus();
			return;
		}
		if (sending) {
			return;
		}
		sending = true;
		try {
			const filled = Object.fromEntries(Object.entries(body).filter(([, v]) => v));
			const answer = await /** @type {Promise<{status: number, body: NewCard}>} */ (
				post(`/v1/programs/${program}/cards`, filled, { slow: () => complain(say("slow")), offline: () => complain(say("offline")) }));
			dialog.close();
			await made({ ...answer.body, known: answer.status === 200 });
		} catch (e) {
			complain(reason(e));
		} finally {
			sending = false;
		}
	};
	dialog.showModal();
}

/** @param {unknown} e */
function reason(e) {
	if (e instanceof Refused) {
		return e.problem.code === "two_customers" ? say("two_customers") : e.problem.staff_message ?? say("failed");
	}
	return say("failed");
}

/**
 * Shows the code by which the customer's phone gets the card, until it is closed.
 * @param {NewCard & {known: boolean}} card
 * @param {string} slug
 */
export async function handOver(card, slug) {
	const shown = /** @type {HTMLDialogElement} */ (element("handover"));
	const link = card.link.split("/").pop() ?? "";
	/** @type {HTMLImageElement} */ (element("handover-qr")).src = `/card/${slug}/${link}/address.svg`;
	element("handover-title").textContent = say(card.known ? "existing" : "created");
	element("handover-number").textContent = card.number.replace(/^(...)(...)/, "$1 $2 ");
	shown.showModal();
	await new Promise((closed) => shown.addEventListener("close", closed, { once: true }));
}
