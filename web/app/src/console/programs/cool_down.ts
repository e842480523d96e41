// A length of time in the unit that a person would choose.

/** The units in seconds, the shortest first. */
export const UNITS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;
export type Unit = keyof typeof UNITS;

/** Returns how many of a unit it is, undefined if it is no whole number of them. NaN stays NaN. */
export function split(seconds: number, unit: Unit): number | undefined {
	const n = seconds / UNITS[unit];
	return Number.isInteger(n) || Number.isNaN(n) ? n : undefined;
}

/** Returns the longest unit of which it is a whole number; minutes for none. */
export function unitFor(seconds: number): Unit {
	if (seconds === 0 || Number.isNaN(seconds)) {
		return "minutes";
	}
	return (Object.keys(UNITS) as Unit[]).findLast((u) => split(seconds, u) !== undefined) ?? "seconds";
}
