// @ts-check
// Requests to the API. Whatever moves value carries a key that stays the same until
// there is an answer, so that a lost one can be asked for again and nothing is done
// twice.

/** How long one attempt may take. */
const ATTEMPT_MS = 8_000;
/** After how long the cashier is told that it is slow. */
const SLOW_MS = 1_500;
/** The waits between attempts; the last one repeats. */
const WAITS_MS = [500, 1_000, 2_000, 4_000];
/** After so many attempts the till gives up and says so: about two minutes. */
const MAX_ATTEMPTS = 30;

/**
 * @typedef {object} Problem an error as the API describes it (RFC 9457)
 * @property {number} status
 * @property {string} code
 * @property {string} [field]
 * @property {string} [staff_message]
 */

/** An answer that says no. */
export class Refused extends Error {
	/** @param {Problem} problem */
	constructor(problem) {
		super(problem.code);
		this.problem = problem;
	}
}

/** Nobody answered, for so long that we stopped asking. */
export class Unanswered extends Error {}

/**
 * @typedef {object} Watcher is told how a request is doing
 * @property {() => void} slow
 * @property {() => void} offline
 */

/** Keys of what was asked for and not answered yet, by what it was. @type {Map<string, string>} */
const keys = new Map();

/**
 * Returns the key for doing something: a fresh one, or that of the last time if it
 * got no answer, so that pressing the button once more cannot do it twice.
 * @param {string} what
 */
function keyFor(what) {
	const key = keys.get(what) ?? freshKey();
	keys.set(what, key);
	return key;
}

function freshKey() {
	// Over plain http in a local network there is no randomUUID.
	return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * Posts to the API until there is an answer.
 * @template T
 * @param {string} path
 * @param {object} body
 * @param {Watcher} watcher
 * @param {{once?: boolean}} [how] once is for what moves value: it carries a key
 * @returns {Promise<{status: number, body: T}>}
 */
export async function post(path, body, watcher, how = {}) {
	const what = path + JSON.stringify(body);
	const key = how.once ? keyFor(what) : "";
	const slow = setTimeout(() => watcher.slow(), SLOW_MS);
	try {
		for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			if (attempt > 0) {
				await pause(WAITS_MS[Math.min(attempt - 1, WAITS_MS.length - 1)] ?? 0);
			}
			const answer = await attemptOnce(path, body, key);
			if (answer) {
				keys.delete(what);
				return /** @type {{status: number, body: T}} */ (answer);
			}
			clearTimeout(slow);
			watcher.offline();
		}
		throw new Unanswered(path);
	} catch (e) {
		if (e instanceof Refused) {
			keys.delete(what);
		}
		throw e;
	} finally {
		clearTimeout(slow);
	}
}

/**
 * @param {string} path
 * @param {object} body
 * @param {string} key "" for none
 * @returns {Promise<{status: number, body: unknown} | undefined>} undefined if it may work later
 */
async function attemptOnce(path, body, key) {
	/** @type {Record<string, string>} */
	const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
	if (key) {
		headers["Idempotency-Key"] = key;
	}
	let response;
	let answer;
	try {
		response = await fetch(path, {
			method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", cache: "no-store",
			signal: AbortSignal.timeout(ATTEMPT_MS),
		});
		answer = await response.json();
	} catch {
		return undefined;
	}
	if (response.ok) {
		return { status: response.status, body: answer };
	}
	if (response.status >= 500) {
		return undefined;
	}
	throw new Refused({ ...answer, status: response.status });
}

/**
 * Waits, but no longer than until the network is back.
 * @param {number} ms
 * @returns {Promise<void>}
 */
function pause(ms) {
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			window.removeEventListener("online", done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		window.addEventListener("online", done);
	});
}
