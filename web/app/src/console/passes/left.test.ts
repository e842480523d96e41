import { expect, test } from "vitest";
import { leftOf } from "./left.ts";

const now = Date.parse("2026-03-16T09:00:00Z");

test.each([
	["nobody knows yet", null, null],
	["in 9 minutes and a second", "2026-03-16T09:09:01Z", 10],
	["in ten seconds", "2026-03-16T09:00:10Z", 1],
	["a moment ago, by another clock", "2026-03-16T08:59:58Z", 1],
])("a change that is told to all: %s", (_, ends_at, minutes) => {
	expect(leftOf({ ends_at }, now)).toBe(minutes);
});
