// @ts-check
// Requests to the API. Whatever moves value carries a key that stays the same over
// all attempts, so that a lost answer can be asked for again and nothing is done
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

/**
 * Posts to the API until there is an answer.
 * @template T
 * @param {string} path
 * @param {object} body
 * @param {Watcher} watcher
 * @param {{key?: string, signal?: AbortSignal}} [how] key makes it safe to repeat what moves value; signal gives up
 * @returns {Promise<{status: number, body: T}>}
 */
export async function post(path, body, watcher, how = {}) {
	const slow = setTimeout(() => watcher.slow(), SLOW_MS);
	try {
		for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			if (attempt > 0) {
				await pause(WAITS_MS[Math.min(attempt - 1, WAITS_MS.length - 1)] ?? 0, how.signal);
			}
			const answer = await attemptOnce(path, body, how);
			if (answer) {
				return /** @type {{status: number, body: T}} */ (answer);
			}
			clearTimeout(slow);
			watcher.offline();
		}
		throw new Unanswered(path);
	} finally {
		clearTimeout(slow);
	}
}

/**
 * @param {string} path
 * @param {object} body
 * @param {{key?: string, signal?: AbortSignal}} how
 * @returns {Promise<{status: number, body: unknown} | undefined>} undefined if it may work later
 */
async function attemptOnce(path, body, how) {
	/** @type {Record<string, string>} */
	const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
	if (how.key) {
		headers["Idempotency-Key"] = how.key;
	}
	const timeout = AbortSignal.timeout(ATTEMPT_MS);
	let response;
	let answer;
	try {
		response = await fetch(path, {
			method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", cache: "no-store",
			signal: how.signal ? AbortSignal.any([timeout, how.signal]) : timeout,
		});
		answer = await response.json();
	} catch (e) {
		if (how.signal?.aborted) {
			throw e;
		}
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
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
	return new Promise((resolve, reject) => {
		const stop = () => { clearTimeout(timer); window.removeEventListener("online", done); };
		const done = () => { stop(); resolve(); };
		const timer = setTimeout(done, ms);
		window.addEventListener("online", done, { once: true });
		signal?.addEventListener("abort", () => { stop(); reject(signal.reason); }, { once: true });
	});
}
