// @ts-check
// The till page: find a card, stamp it, redeem, undo. It keeps nothing; after every
// change it asks the server again what the card is like.

import { post, Refused, Unanswered } from "./till_api.js";
import { showFound, hideFound, quantity, setQuantity } from "./till_card.js";
import { handOver, openJoin } from "./till_join.js";
import { clearOutcome, show } from "./till_outcome.js";
import { isSilent, setSilent } from "./till_sound.js";
import { count, say, words } from "./till_texts.js";

/** How long a stamp or redemption can be undone by a button. */
const UNDO_SECONDS = 10;
/** A scanner that reads a code twice in a row is taken as having read it once. */
const REPEAT_MS = 2_000;

/** After how long a search is worth a word. */
const SEARCHING_MS = 300;
/** Card codes have 17 characters; numbers and phone numbers are shorter. */
const CODE_LENGTH = 17;

/** @typedef {import("./till_card.js").Scan} Scan */
/** @typedef {import("./till_card.js").Coupon} Coupon */
/**
 * @typedef {object} LedgerResult
 * @property {{id: string, quantity: number}} entry
 * @property {Coupon[]} coupons
 */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const element = (id) => /** @type {T} */ (document.getElementById(id));

const till = document.getElementById("till");
if (till) {
	start(till);
}

/** @param {HTMLElement} till */
function start(till) {
	const place = { location_id: till.dataset.location };
	const program = /** @type {HTMLInputElement | HTMLSelectElement} */ (document.getElementById("program"));
	const handle = /** @type {HTMLInputElement} */ (element("handle"));
	const undo = element("undo");
	const watcher = {
		slow: () => show("wait", say("slow")),
		offline: () => show("wait", say("offline")),
	};
	/** What was typed or scanned for the card on the screen. */
	let found = "";
	/** @type {Scan | undefined} */
	let scan;
	let busy = false;
	let lastRead = { text: "", at: 0 };
	/** @type {ReturnType<typeof setInterval> | undefined} */
	let countdown;

	/**
	 * Does one thing at a time: what is pressed meanwhile is left out.
	 * @param {() => Promise<void>} work
	 * @param {string} failed what to say if it is refused
	 */
	async function once(work, failed) {
		if (busy) {
			return;
		}
		busy = true;
		till.setAttribute("aria-busy", "true");
		try {
			await work();
		} catch (e) {
			explain(e, failed);
		} finally {
			busy = false;
			till.removeAttribute("aria-busy");
		}
	}

	/**
	 * @param {unknown} e
	 * @param {string} failed
	 */
	function explain(e, failed) {
		if (e instanceof Refused && e.problem.status === 401) {
			show("refused", say("signed_out"), say("signed_out_text"));
			setTimeout(() => location.reload(), REPEAT_MS);
		} else if (e instanceof Refused && e.problem.status === 404) {
			show("unknown", say("unknown"), say("unknown_text"));
		} else if (e instanceof Refused) {
			show("refused", failed, e.problem.staff_message ?? say("failed_text"));
		} else {
			show("unknown", say("failed"), e instanceof Unanswered ? say("offline") : say("failed_text"));
		}
	}

	/**
	 * Finds the card of a code, or the customer's card in the chosen program, else the
	 * one that they used last.
	 * @param {string} typed
	 */
	async function lookUp(typed) {
		const isCode = typed.replace(/[\s-]/g, "").length >= CODE_LENGTH;
		const body = { code: typed, ...place };
		const choices = program instanceof HTMLSelectElement && !isCode ? [{ ...body, program_id: program.value }, body] : [body];
		for (const [i, choice] of choices.entries()) {
			try {
				const answer = await /** @type {Promise<{body: Scan}>} */ (post("/v1/scans", choice, watcher));
				found = typed;
				scan = answer.body;
				break;
			} catch (e) {
				if (i + 1 === choices.length || !(e instanceof Refused) || e.problem.status !== 404) {
					throw e;
				}
			}
		}
		if (scan) {
			showFound(scan, redeem);
		}
	}

	function next() {
		scan = undefined;
		found = "";
		hideFound();
		setQuantity(1);
		handle.value = "";
		handle.focus();
	}

	element("scan").addEventListener("submit", (e) => {
		e.preventDefault();
		const typed = handle.value.trim();
		handle.value = "";
		handle.focus();
		const now = Date.now();
		if (typed === "" || (typed === lastRead.text && now - lastRead.at < REPEAT_MS)) {
			return;
		}
		lastRead = { text: typed, at: now };
		void once(async () => {
			hideFound();
			scan = undefined;
			setQuantity(1);
			stopCountdown();
			clearOutcome();
			const searching = setTimeout(() => show("wait", say("searching"), "", { quiet: true }), SEARCHING_MS);
			try {
				await lookUp(typed);
				clearOutcome();
			} finally {
				clearTimeout(searching);
			}
		}, say("failed"));
	});

	element("stamp").addEventListener("click", () => {
		const card = scan?.card;
		const n = quantity();
		if (!card || n < 1) {
			return;
		}
		void once(async () => {
			const answer = await /** @type {Promise<{body: LedgerResult}>} */ (
				post("/v1/stamps", { card_id: card.id, quantity: n, ...place }, watcher, { once: true }));
			const reward = answer.body.coupons[0];
			if (reward) {
				show("reward", count("stamped", n), answer.body.coupons.map((c) => say("reward_ready", { reward: words(c.name) })).join(" "));
			} else {
				show("good", count("stamped", n), scan?.display_name ?? "");
			}
			offerUndo(answer.body.entry.id);
			setQuantity(1);
			await again();
		}, say("refused"));
	});

	/** @param {Coupon} coupon */
	async function redeem(coupon) {
		const dialog = /** @type {HTMLDialogElement} */ (element("redeem"));
		element("redeem-text").textContent = say("redeem_text", { customer: scan?.display_name ?? "", reward: words(coupon.name) });
		dialog.returnValue = "cancel";
		dialog.showModal();
		await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
		handle.focus();
		if (dialog.returnValue !== "redeem") {
			return;
		}
		await once(async () => {
			const answer = await /** @type {Promise<{body: LedgerResult}>} */ (
				post(`/v1/coupons/${coupon.id}/redemption`, place, watcher, { once: true }));
			show("reward", say("redeemed", { reward: words(coupon.name) }), scan?.display_name ?? "");
			offerUndo(answer.body.entry.id);
			await again();
		}, say("refused_redeem"));
	}

	/** Shows the card as it is now. That it worked has been said already. */
	async function again() {
		try {
			await lookUp(found);
		} catch {
			hideFound();
		}
		handle.focus();
	}

	// ---- Undo ------------------------------------------------------------------

	let undoable = "";

	/** @param {string} entry */
	function offerUndo(entry) {
		stopCountdown();
		undoable = entry;
		let left = UNDO_SECONDS;
		const label = /** @type {HTMLElement} */ (undo.querySelector("span"));
		label.textContent = count("undo", left);
		undo.hidden = false;
		countdown = setInterval(() => {
			left--;
			label.textContent = count("undo", left);
			if (left <= 0) {
				stopCountdown();
			}
		}, 1000);
	}

	function stopCountdown() {
		clearInterval(countdown);
		undo.hidden = true;
	}

	undo.addEventListener("click", () => {
		const entry = undoable;
		void once(async () => {
			stopCountdown();
			await post(`/v1/entries/${entry}/reversal`, place, watcher, { once: true });
			show("undone", say("undone"), say("undone_text"));
			if (found) {
				await again();
			}
		}, say("refused_undo"));
	});

	// ---- New customer ----------------------------------------------------------

	element("new-customer").addEventListener("click", () => {
		openJoin(program.value, place, watcher, async (card) => {
			await handOver(card, till.dataset.slug ?? "");
			await once(async () => {
				await lookUp(card.code);
				clearOutcome();
			}, say("failed"));
			handle.focus();
		});
	});

	element("next-customer").addEventListener("click", () => {
		clearOutcome();
		stopCountdown();
		next();
	});

	// ---- The scanner's field keeps the focus -------------------------------------

	document.addEventListener("keydown", (e) => {
		const active = document.activeElement;
		const typing = active instanceof HTMLInputElement || active instanceof HTMLSelectElement || document.querySelector("dialog[open]");
		if (!typing && e.key.length === 1 && e.key !== " " && !e.ctrlKey && !e.metaKey && !e.altKey) {
			handle.focus();
		}
	});

	// ---- Sound -------------------------------------------------------------------

	const sound = element("sound");
	function showSound() {
		const label = /** @type {HTMLElement} */ (sound.querySelector("span"));
		sound.setAttribute("aria-pressed", String(!isSilent()));
		label.textContent = (isSilent() ? label.dataset.wordsOff : label.dataset.wordsOn) ?? "";
		sound.querySelector("use")?.setAttribute("href", isSilent() ? "#i-silent" : "#i-sound");
	}
	sound.addEventListener("click", () => {
		setSilent(!isSilent());
		showSound();
		handle.focus();
	});
	showSound();
	handle.focus();
}
