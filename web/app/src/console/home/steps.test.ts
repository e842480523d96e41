import { expect, test } from "vitest";
import type { Program } from "../data/programs.ts";
import { doneSteps, STEPS, type Known } from "./steps.ts";

const none: Known = { locations: [], programs: [], staff: [], tills: [], stats: [] };
const at = "2026-03-01T00:00:00Z";
const person = { id: "stf", name: "Aino", role: "cashier", has_pin: true, active: true, version: 1, created_at: at } as const;
const till = { id: "till", name: "Counter", location_id: "loc", created_at: at };
const program: Omit<Program, "status"> = { id: "prog", name: { en: "Card" }, goal: 10, welcome_stamps: 0, rewards: [], limits: { max_per_scan: 0, max_per_card_day: 0, cool_down_seconds: 0, max_per_staff_day: 0, redeem_offline: false }, redeem_code: "static", version: 1, created_at: at };
const stats = { cards: 0, cards_provisional: 0, stamps: 0, entries: 0, coupons_issued: 0, coupons_redeemed: 0, coupons_expired: 0, coupons_reversed: 0, coupons_open: 0, days: [] };

test.each<[string, Partial<Known>, string[]]>([
	["a shop that has just begun", {}, []],
	["a draft is not a program yet", { programs: [{ ...program, status: "draft" }] }, []],
	["a running program", { programs: [{ ...program, status: "active" }] }, ["program"]],
	["somebody without a PIN cannot sign in", { staff: [{ ...person, has_pin: false }] }, []],
	["nor somebody who has left", { staff: [{ ...person, active: false }] }, []],
	["a cashier with a PIN", { staff: [person] }, ["staff"]],
	["a till that was unpaired does not count", { tills: [{ ...till, revoked_at: at }] }, []],
	["a paired till", { tills: [till] }, ["till"]],
	["a card without stamps", { stats: [{ ...stats, cards: 1 }] }, ["card"]],
	["a shop that works", {
		locations: [{ id: "loc", name: "Shop", version: 1, created_at: at }], programs: [{ ...program, status: "active" }],
		staff: [person], tills: [till], stats: [{ ...stats, cards: 1, stamps: 1 }],
	}, [...STEPS]],
])("%s", (_, known, want) => expect([...doneSteps({ ...none, ...known })]).toEqual(want));
