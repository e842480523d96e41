import { expect, test } from "vitest";
import type { Command } from "../domain/command.ts";
import { reviewOf } from "./reviews.ts";

const command = (change: Partial<Command>): Command => ({
	key: "till_1:7:x", count: 7, kind: "stamp", at: Date.UTC(2026, 2, 2, 6, 59), staffId: "stf_1", staffName: "Kaisa", card: "card_1", who: "Helmi K.", quantity: 2,
	body: { card_id: "card_1", quantity: 2 }, path: "/v1/stamps", state: "review", sent: true, promised: true, changedAt: 0,
	problem: { code: "daily_limit_reached" } as NonNullable<Command["problem"]>, ...change,
});
const common = { at: "2026-03-02T06:59:00.000Z", staff_id: "stf_1", device_count: 7, refusal: "daily_limit_reached" };

test.each<[string, Partial<Command>, Partial<Command> | undefined, unknown]>([
	["a stamp of a card", {}, undefined, { ...common, kind: "stamp", quantity: 2, card_id: "card_1" }],
	["a stamp of what was scanned", { body: { code: "0410", quantity: 2 }, card: "0410" }, undefined, { ...common, kind: "stamp", quantity: 2, code: "0410" }],
	["a redemption", { kind: "redemption", path: "/v1/coupons/coup_1/redemption", quantity: 0, body: {} }, undefined, { ...common, kind: "redemption", quantity: 0, coupon_id: "coup_1" }],
	["taking back, with a reason", { kind: "reversal", path: undefined as never, reverses: "k", body: { reason: "Wrong card" } }, { entryId: "ent_1" },
		{ ...common, kind: "reversal", quantity: 2, entry_id: "ent_1", reason: "Wrong card" }],
	["taking back what is forgotten", { kind: "reversal", path: undefined as never, reverses: "k", body: {} }, undefined, undefined],
])("%s is handed in as it was recorded", (_, change, parent, want) => {
	expect(reviewOf(command(change), parent && command(parent))).toEqual(want);
});
