import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TotalsRow } from "../data/programs.ts";
import { dayIn, daysBefore, lastDays, PERIODS, stepOf, total, type Step } from "./days.ts";

const row = (day: string, stamps: number, program_id = "prog_1"): TotalsRow => ({ program_id, location_id: null, day, stamps, coupons: 0, redemptions: 0, cards: 1 });

test.each([
	["Europe/Helsinki", "2026-03-01T22:30:00Z", "2026-03-02"],
	["Europe/Helsinki", "2026-07-01T20:59:59Z", "2026-07-01"],
	["UTC", "2026-12-31T23:59:59Z", "2026-12-31"],
	["America/New_York", "2026-01-01T04:00:00Z", "2025-12-31"],
])("in %s it is at %s the day %s", (zone, at, want) => expect(dayIn(zone, Date.parse(at))).toBe(want));

describe("the last days", () => {
	test("have no holes, end today and add up programs", () => {
		const days = lastDays([row("2026-02-27", 3), row("2026-03-01", 5), row("2026-03-01", 2, "prog_2")], "2026-03-01", 3);
		expect(days.map((d) => [d.day, d.stamps])).toEqual([["2026-02-27", 3], ["2026-02-28", 0], ["2026-03-01", 7]]);
		expect(total(days)).toEqual({ stamps: 10, coupons: 0, redemptions: 0, cards: 3 });
	});

	test("leave out what was before", () => {
		expect(total(lastDays([row("2026-02-01", 9)], "2026-03-01", 7)).stamps).toBe(0);
	});

	/** The rows as the server adds them up: by the first day of the step that was asked for. */
	const addedUp = (days: readonly string[], first: string, step: Step) => days.filter((d) => d >= first).map((d) => {
		const monday = daysBefore(d, (new Date(d).getUTCDay() + 6) % 7);
		const begin = { day: d, week: monday, month: d.slice(0, 8) + "01" }[step];
		return row(begin > first ? begin : first, 2);
	});

	test("lose nothing, whatever the period", () => {
		const day = fc.integer({ min: 0, max: 399 }).map((n) => daysBefore("2026-03-29", n));
		fc.assert(fc.property(fc.uniqueArray(day, { maxLength: 60 }), fc.constantFrom(...PERIODS), (days, period) => {
			const first = daysBefore("2026-03-29", period - 1);
			const spans = lastDays(addedUp(days, first, stepOf(period)), "2026-03-29", period, stepOf(period));
			expect(total(spans).stamps).toBe(2 * days.filter((d) => d >= first).length);
			expect(spans[0]?.day).toBe(first);
			expect(spans.reduce((n, s) => n + s.length, 0)).toBe(period);
			expect(daysBefore(spans.at(-1)?.day ?? "", 1 - (spans.at(-1)?.length ?? 0))).toBe("2026-03-29");
		}));
	});

	test("are weeks from Monday, or months, where there are many", () => {
		const by = (period: number) => lastDays([], "2026-03-29", period, stepOf(period)).map((s) => [s.day, s.length]);
		expect(by(91).slice(0, 2)).toEqual([["2025-12-29", 7], ["2026-01-05", 7]]);
		const year = by(365);
		expect(year).toHaveLength(13);
		expect([year[0], year[1], year.at(-1)]).toEqual([["2025-03-30", 2], ["2025-04-01", 30], ["2026-03-01", 29]]);
	});
});
