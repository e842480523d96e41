// @ts-check
// Makes the rotating codes of a card and shows them, also without a network. What a code
// is made of stands in loyalty/rotating.go.

import { now } from "./clock.js";
import { qrPath } from "./qr.js";

/** For how long a code is shown. */
const STEP_MS = 30_000;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const SIDE = 33;

/** The check character of ISO/IEC 7064 MOD 37,36. @param {string} text */
function checkCharacter(text) {
	let p = 36;
	for (const c of text) {
		p += CHECK_ALPHABET.indexOf(c);
		p = ((p > 36 ? p - 36 : p) * 2) % 37;
	}
	return CHECK_ALPHABET.charAt((37 - p) % 36);
}

/**
 * Returns the code of a card in a step of time.
 * @param {CryptoKey} key
 * @param {string} card the card's own code
 * @param {number} step
 */
export async function rotatingCode(key, card, step) {
	const counter = new DataView(new ArrayBuffer(8));
	counter.setBigUint64(0, BigInt(step));
	const digest = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer)).getBigUint64(0);
	let text = card.slice(0, 16) + ALPHABET.charAt(step % 32);
	for (let shift = 59n; shift > 24n; shift -= 5n) {
		text += ALPHABET.charAt(Number((digest >> shift) & 31n));
	}
	return text + checkCharacter(text);
}

/** @param {string} secret in hexadecimal */
export function keyOf(secret) {
	const octets = Uint8Array.from(secret.match(/../g) ?? [], (octet) => parseInt(octet, 16));
	return crypto.subtle.importKey("raw", octets, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** @param {string} text */
function draw(text) {
	for (const svg of document.querySelectorAll("svg.qr")) {
		svg.setAttribute("viewBox", `0 0 ${SIDE} ${SIDE}`);
	}
	const [paper, ink] = document.querySelectorAll("#qr path");
	paper?.setAttribute("d", `M0 0h${SIDE}v${SIDE}H0z`);
	ink?.setAttribute("d", qrPath(text));
}

/**
 * Keeps the code on the page the one of this moment. Where the browser lends no
 * cryptography (a page over plain http) it asks the server for each.
 * @param {HTMLElement} shown the element that holds the code
 * @param {() => unknown} askServer
 */
export async function rotate(shown, askServer) {
	const { secret = "", card = "" } = shown.dataset;
	const key = "subtle" in crypto ? await keyOf(secret) : undefined;
	if (key) {
		shown.removeAttribute("data-live");
	}
	let drawn = -1;
	const tick = async () => {
		const step = Math.floor(now() / STEP_MS);
		for (const bar of document.querySelectorAll("progress.turns")) {
			/** @type {HTMLProgressElement} */ (bar).value = STEP_MS - (now() % STEP_MS);
		}
		if (step === drawn) {
			return;
		}
		drawn = step;
		if (key) {
			draw(await rotatingCode(key, card, step));
		} else {
			askServer();
		}
	};
	setInterval(tick, 1000);
	document.addEventListener("visibilitychange", tick);
	await tick();
}
