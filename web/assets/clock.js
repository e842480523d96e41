// @ts-check
// The server's time, as far as the page knows it: what a phone's own clock says may be
// minutes off, and the code that the page shows is good for seconds.

const keptAs = "leima:clock";
/** An answer that took longer tells too little of the time. */
const LONGEST_MS = 3_000;

let ahead = 0;
try {
	ahead = Number(localStorage.getItem(keptAs)) || 0;
} catch {
	// Nothing is kept here: then the phone's clock has to do until the first answer.
}

/** The server's time, in UTC milliseconds. */
export const now = () => Date.now() + ahead;

/**
 * Learns from an answer that says when it was made.
 * @param {number} madeAt
 * @param {number} askedAt by the phone's clock
 */
export function learn(madeAt, askedAt) {
	const took = Date.now() - askedAt;
	if (!madeAt || took < 0 || took > LONGEST_MS) {
		return;
	}
	ahead = Math.round(madeAt - askedAt - took / 2);
	try {
		localStorage.setItem(keptAs, String(ahead));
	} catch {
		// See above.
	}
}
