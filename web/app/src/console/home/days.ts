// Days and what happened on them, for charts: every day is there, also those on which
// nothing happened.

import type { TotalsRow } from "../data/programs.ts";

/** The periods that can be chosen, in days. The server answers about 400 days at once. */
export const PERIODS = [7, 30, 91, 365] as const;
export const USUAL_PERIOD = 30;
/** Longer periods are shown by week, still longer ones by month. */
const BY_DAY_UP_TO = 31;
const BY_WEEK_UP_TO = 120;

export type Step = "day" | "week" | "month";

/** What a period is shown by. */
export function stepOf(period: number): Step {
	if (period <= BY_DAY_UP_TO) {
		return "day";
	}
	return period <= BY_WEEK_UP_TO ? "week" : "month";
}

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

/** Returns the first day of the next step: the next day, Monday or first of a month. */
function nextStep(day: string, step: Step): string {
	const date = new Date(day + "T00:00:00Z");
	if (step === "month") {
		return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
	}
	return daysBefore(day, step === "day" ? -1 : -(7 - ((date.getUTCDay() + 6) % 7)));
}

/**
 * Returns what happened, in all programs and branches of the rows, on the last days up
 * to and including today, oldest first, by the steps that the rows are added up by. The
 * first step begins with the first day, and the last ends today, as the server has them.
 */
export function lastDays(rows: readonly TotalsRow[], today: string, count: number, step: Step = "day"): Span[] {
	const known = new Map<string, Count>();
	for (const row of rows) {
		known.set(row.day, add(known.get(row.day) ?? nothing, row));
	}
	const end = daysBefore(today, -1);
	const spans: Span[] = [];
	for (let day = daysBefore(today, count - 1); day < end;) {
		const next = nextStep(day, step);
		const until = next < end ? next : end;
		spans.push({ day, length: Math.round((Date.parse(until) - Date.parse(day)) / 86_400_000), ...(known.get(day) ?? nothing) });
		day = until;
	}
	return spans;
}

/** Returns the sum of all spans. */
export const total = (spans: readonly Span[]): Count => spans.reduce<Count>(add, nothing);
