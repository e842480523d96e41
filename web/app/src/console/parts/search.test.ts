import { expect, test } from "vitest";
import { calendar, changed, oneOf, searchOf, text } from "./search.ts";

const read = searchOf({ program: text, status: oneOf(["issued", "redeemed"]), from: calendar });

test("an address is read as far as it makes sense", () => {
	expect(read({ program: "prog_1", status: "redeemed", from: "2028-02-29", other: "x" })).toEqual({ program: "prog_1", status: "redeemed", from: "2028-02-29" });
	expect(read({ program: 7, status: "gone", from: "2026-02-29" })).toEqual({});
	for (const from of ["", "today", "2026-13-01", "2026-3-1", "20260301", 20260301, null]) {
		expect(read({ from })).toEqual({});
	}
});

test("a filter is set and taken away without touching the others", () => {
	expect(changed({ program: "a", status: "b" }, "status", "c")).toEqual({ program: "a", status: "c" });
	expect(changed<{ program?: string; status?: string }>({ program: "a", status: "b" }, "status", undefined)).toEqual({ program: "a" });
});
