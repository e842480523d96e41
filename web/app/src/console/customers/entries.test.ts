import { expect, test } from "vitest";
import type { Entry } from "../data/customers.ts";
import { mayBeReversed } from "./entries.ts";

const entry = (kind: Entry["kind"], rest: Partial<Entry> = {}): Entry => ({
	id: "ent_1", card_id: "card", program_id: "prog", kind, quantity: 1, balance_after: 1, at: "2026-03-01T00:00:00Z", recorded_at: "2026-03-01T00:00:00Z",
	day: "2026-03-01", actor: { kind: "staff" }, head_id: "ent_1", rule_version: 1, ...rest,
});

test.each([["stamp", true], ["welcome", true], ["adjust", true], ["redeem", true], ["reward", false], ["expire", false], ["reversal", false], ["merge", false]] as const)(
	"an entry of kind %s can be taken back: %s", (kind, want) => expect(mayBeReversed(entry(kind), [])).toBe(want));

test("nothing is taken back twice", () => {
	expect(mayBeReversed(entry("stamp"), [entry("reversal", { id: "ent_2", reverses: "ent_1" })])).toBe(false);
	expect(mayBeReversed(entry("stamp"), [entry("reversal", { id: "ent_2", reverses: "ent_0" })])).toBe(true);
});
