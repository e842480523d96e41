// Days and what happened on them, for charts: every day is there, also those on which
// nothing happened.

import type { TotalsRow } from "../data/programs.ts";

/** The periods that can be chosen, in days. The server answers about 92 days at once. */
export const PERIODS = [7, 30, 91] as const;
export const USUAL_PERIOD = 30;
/** Longer periods are shown by week. */
const BY_DAY_UP_TO = 31;

export type Count = Pick<TotalsRow, "stamps" | "coupons" | "redemptions" | "cards">;
const nothing: Count = { stamps: 0, coupons: 0, redemptions: 0, cards: 0 };

const add = (a: Count, b: Count): Count => ({
	stamps: a.stamps + b.stamps, coupons: a.coupons + b.coupons, redemptions: a.redemptions + b.redemptions, cards: a.cards + b.cards,
});

/** Returns the calendar day of an instant in a time zone, such as 2026-03-01. */
export function dayIn(zone: string, at: number): string {
	const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
	const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
	return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Returns the day so many days before another. */
export function daysBefore(day: string, count: number): string {
	return new Date(Date.parse(day + "T00:00:00Z") - count * 86_400_000).toISOString().slice(0, 10);
}

export interface Span extends Count {
	/** The first day. */
	day: string;
	/** How many days it is. */
	length: number;
}

/**
 * Returns what happened, in all programs and branches of the rows, on the last days up
 * to and including today, oldest first; by week, the last of which ends today, if there
 * are many.
 */
export function lastDays(rows: readonly TotalsRow[], today: string, count: number): Span[] {
	const known = new Map<string, Count>();
	for (const row of rows) {
		known.set(row.day, add(known.get(row.day) ?? nothing, row));
	}
	const length = count > BY_DAY_UP_TO ? 7 : 1;
	return Array.from({ length: Math.ceil(count / length) }, (_, i) => {
		const back = count - i * length;
		const first = daysBefore(today, back - 1);
		let sum = nothing;
		for (let d = 0; d < length; d++) {
			sum = add(sum, known.get(daysBefore(first, -d)) ?? nothing);
		}
		return { day: first, length, ...sum };
	});
}

/** Returns the sum of all spans. */
export const total = (spans: readonly Span[]): Count => spans.reduce<Count>(add, nothing);
