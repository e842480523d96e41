// Days of a shop and the instants at which they begin.

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function ahead(zone: string, at: number): number {
	const parts = new Intl.DateTimeFormat("en", {
		timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
	}).formatToParts(at);
	const part = (type: string) => Number(parts.find((p) => p.type === type)?.value ?? 0);
	return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) - at;
}

/** Returns the instant at which a day such as 2026-03-01 begins in a zone. */
export function beginningOf(day: string, zone: string): number {
	const utc = Date.parse(day + "T00:00:00Z");
	// The clocks may be changed between the guess and the answer.
	const guess = utc - ahead(zone, utc);
	return utc - ahead(zone, guess);
}
