import { describe, expect, test } from "vitest";
import { begin, does, later, MAX_STEPS, reversible } from "./trial.ts";

const noon = Date.parse("2026-03-02T12:00:00Z");
const done = { entries: [] };
const refused = { entries: [], refusal: { code: "cool_down" as const, staff_message: "Wait." } };

test("it begins now, or when the program does", () => {
	expect(begin(noon, undefined).at).toBe(noon);
	expect(begin(noon, "2026-03-01T00:00:00Z").at).toBe(noon);
	expect(new Date(begin(noon, "2026-04-01T00:00:00Z").at).toISOString()).toBe("2026-04-01T00:01:00.000Z");
});

test("what is done bears the instant at which it is done", () => {
	let t = does(begin(noon, undefined), { kind: "stamp", quantity: 3 });
	t = does(later(later(t, "week"), "minute"), { kind: "redeem", coupon: 1 });
	expect(t.steps).toEqual([
		{ kind: "stamp", quantity: 3, at: "2026-03-02T12:00:00.000Z" }, { kind: "redeem", coupon: 1, at: "2026-03-09T12:01:00.000Z" },
	]);
});

test("there is an end to it", () => {
	let t = begin(noon, undefined);
	for (let i = 0; i < MAX_STEPS + 5; i++) {
		t = does(t, { kind: "stamp", quantity: 1 });
	}
	expect(t.steps).toHaveLength(MAX_STEPS);
});

describe("what can be taken back", () => {
	const stamp = { kind: "stamp", quantity: 1 } as const;
	const after = (...deeds: Parameters<typeof does>[1][]) => deeds.reduce(does, begin(noon, undefined));
	test.each([
		["nothing yet", after(), [], undefined],
		["the last step", after(stamp, stamp), [done, done], 2],
		["not a refused one", after(stamp, stamp), [done, refused], 1],
		["not one twice", after(stamp, stamp, { kind: "reverse", step: 2 }), [done, done, done], 1],
		["one that could not be taken back, again", after(stamp, { kind: "reverse", step: 1 }), [done, refused], 1],
		["nothing whose outcome is not known", after(stamp, stamp), [done], 1],
	] as const)("%s", (_, trial, outcomes, want) => expect(reversible(trial, outcomes)).toBe(want));
});
