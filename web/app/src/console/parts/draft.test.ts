import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changed, difference, merge } from "./draft.ts";

const base = { name: "Leimala", goal: 10, rewards: [{ at: 5 }] };

describe("two people change the same thing", () => {
	test.each([
		["nothing else changed", base, { both: [], mine: { ...base, goal: 8 } }],
		["another member changed", { ...base, name: "Leimula" }, { both: [], mine: { ...base, name: "Leimula", goal: 8 } }],
		["the same member changed", { ...base, goal: 12 }, { both: ["goal"], mine: { ...base, goal: 8 } }],
		["it was changed to the same", { ...base, goal: 8 }, { both: [], mine: { ...base, goal: 8 } }],
	])("%s", (_, theirs, want) => {
		expect(merge(base, { ...base, goal: 8 }, theirs)).toMatchObject(want);
	});

	test("taking theirs keeps what only we changed", () => {
		const mine = { ...base, name: "Ours", goal: 8 };
		expect(merge(base, mine, { ...base, goal: 12 }).theirs).toEqual({ ...base, name: "Ours", goal: 12 });
	});

	const value = fc.record({ a: fc.integer({ max: 2, min: 0 }), b: fc.array(fc.boolean(), { maxLength: 2 }), c: fc.constantFrom("x", "y") });
	test("nobody's change is lost unless it is told", () => {
		fc.assert(fc.property(value, value, value, (from, mine, theirs) => {
			const m = merge(from, mine, theirs);
			for (const member of ["a", "b", "c"] as const) {
				if (!m.both.includes(member)) {
					expect(m.mine[member]).toEqual(m.theirs[member]);
				}
				expect([mine[member], theirs[member]]).toContainEqual(m.mine[member]);
			}
			expect(difference(from, mine)).toEqual(Object.fromEntries(changed(from, mine).map((k) => [k, mine[k]])));
		}));
	});
});
