// How long a cashier waits: from the decoded code, or the press of a button, to the
// painted result. The browser keeps the measures (performance.getEntriesByType
// "measure"); tests and the curious read them there.

let start: { name: "scan" | "press"; at: number } | undefined;

/** The browser keeps so many measures; a till may run for weeks. */
const MAX_MEASURES = 500;

/** A code was decoded, or a button pressed. */
export function began(name: "scan" | "press"): void {
	start = { name, at: performance.now() };
	if (performance.getEntriesByType("measure").length > MAX_MEASURES) {
		performance.clearMeasures();
	}
}

/** A result is on its way to the screen; call it after the screen's elements changed. */
export function shown(what: "card" | "outcome"): void {
	const from = start;
	if (!from) {
		return;
	}
	if (what === "outcome") {
		start = undefined;
	}
	// The next frame paints; the task after it begins when that is done.
	requestAnimationFrame(() => {
		setTimeout(() => performance.measure(`leima:${from.name}-to-${what}`, { start: from.at, end: performance.now() }));
	});
}
