import fc from "fast-check";
import { expect, test } from "vitest";
import { split, unitFor, UNITS } from "./cool_down.ts";

test.each([
	[0, "minutes", 0], [1, "seconds", 1], [59, "seconds", 59], [60, "minutes", 1], [90, "seconds", 90], [3_600, "hours", 1], [5_400, "minutes", 90],
	[86_400, "days", 1], [90_000, "hours", 25], [172_800, "days", 2],
] as const)("%i seconds are said in %s: %i", (seconds, unit, n) => {
	expect(unitFor(seconds)).toBe(unit);
	expect(split(seconds, unit)).toBe(n);
});

test("nothing typed stays nothing", () => expect(split(Number.NaN, unitFor(Number.NaN))).toBeNaN());

test("what is said is what is meant", () => {
	fc.assert(fc.property(fc.integer({ min: 0, max: 2_678_400 }), (seconds) => {
		const unit = unitFor(seconds);
		expect((split(seconds, unit) ?? -1) * UNITS[unit]).toBe(seconds);
	}));
});
