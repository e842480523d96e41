import { expect, test } from "vitest";
import { certificateState } from "./certificate.ts";

const now = Date.parse("2026-03-16T09:00:00Z");

test.each([
	["a year ahead", true, "2027-03-16T09:00:00Z", "valid"],
	["in a month and a day", true, "2026-04-16T09:00:00Z", "valid"],
	["in 29 days", true, "2026-04-14T09:00:00Z", "ends_soon"],
	["now", true, "2026-03-16T09:00:00Z", "ended"],
	["unknown", true, null, "ended"],
	["made up for a demo", false, "2027-03-16T09:00:00Z", "made_up"],
	["made up, and ended", false, "2026-03-15T09:00:00Z", "ended"],
])("a certificate that ends %s", (_, trusted, expires_at, state) => {
	expect(certificateState({ trusted, expires_at }, now)).toBe(state);
});
