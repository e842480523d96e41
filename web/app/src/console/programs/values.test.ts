import { describe, expect, test } from "vitest";
import type { Program } from "../data/programs.ts";
import { presets } from "./presets.ts";
import { changeOf, creationOf, noLimits, valuesOf, wrongIn, type ProgramValues } from "./values.ts";
import { beginningOf } from "./zone.ts";

const zone = "Europe/Helsinki";
const values: ProgramValues = {
	name: { en: "Stamp card" }, goal: 10, welcomeStamps: 0, limits: noLimits, redeemCode: "static", firstDay: "", lastDay: "",
	rewards: [{ kind: "main", name: { en: "5 € off" }, validFor: "P6M" }],
};
const stored: Program = {
	id: "prog_1", name: { en: "Stamp card" }, status: "active", goal: 10, welcome_stamps: 0, limits: noLimits, redeem_code: "static", version: 3, created_at: "2026-01-01T00:00:00Z",
	rewards: [{ id: "rew_1", kind: "main", name: { en: "5 € off" }, valid_for: "P6M" }, { id: "rew_2", kind: "milestone", at: 5, name: { en: "A lip balm" } }],
	starts_at: "2026-02-28T22:00:00Z", ends_at: "2026-12-31T22:00:00Z",
};

test.each([
	["2026-03-01", "Europe/Helsinki", "2026-02-28T22:00:00.000Z"],
	["2026-03-29", "Europe/Helsinki", "2026-03-28T22:00:00.000Z"],
	["2026-03-30", "Europe/Helsinki", "2026-03-29T21:00:00.000Z"],
	["2026-10-25", "Europe/Helsinki", "2026-10-24T21:00:00.000Z"],
	["2026-01-01", "America/New_York", "2026-01-01T05:00:00.000Z"],
	["2026-01-01", "UTC", "2026-01-01T00:00:00.000Z"],
])("the day %s in %s begins at %s", (day, at, want) => expect(new Date(beginningOf(day, at)).toISOString()).toBe(want));

describe("what is sent", () => {
	test("a form that was only opened changes nothing", () => {
		expect(changeOf(valuesOf(stored, zone), valuesOf(stored, zone), zone)).toEqual({});
	});
	test("only what was changed is sent", () => {
		const base = valuesOf(stored, zone);
		expect(changeOf(base, { ...base, goal: 8 }, zone)).toEqual({ goal: 8 });
	});
	test("a code that rotates is asked for", () => {
		const base = valuesOf(stored, zone);
		expect(changeOf(base, { ...base, redeemCode: "rotating" }, zone)).toEqual({ redeem_code: "rotating" });
	});
	test("days are whole days of the shop, the last one included", () => {
		const base = valuesOf(stored, zone);
		expect([base.firstDay, base.lastDay]).toEqual(["2026-03-01", "2026-12-31"]);
		expect(changeOf(base, { ...base, firstDay: "", lastDay: "2026-06-30" }, zone)).toEqual({ starts_at: null, ends_at: "2026-06-30T21:00:00.000Z" });
	});
	test("rewards keep their ids, and languages without words are left out", () => {
		const base = valuesOf(stored, zone);
		const rewards = base.rewards.map((r) => ({ ...r, name: { ...r.name, fi: " " } }));
		expect(changeOf(base, { ...base, rewards }, zone)).toEqual({ rewards: [
			{ id: "rew_1", kind: "main", name: { en: "5 € off" }, valid_for: "P6M" },
			{ id: "rew_2", kind: "milestone", at: 5, name: { en: "A lip balm" } },
		] });
	});
	test("a new program has no empty members", () => {
		expect(creationOf(values, zone, "draft")).toEqual({
			name: { en: "Stamp card" }, goal: 10, welcome_stamps: 0, limits: noLimits, redeem_code: "static", status: "draft",
			rewards: [{ kind: "main", name: { en: "5 € off" }, valid_for: "P6M" }],
		});
	});
});

const milestone = (at: number) => ({ kind: "milestone" as const, name: { en: "A lip balm" }, at, validFor: "" });
test.each<[string, Partial<ProgramValues>, string[]]>([
	["all is well", {}, []],
	["no name", { name: { en: " " } }, ["name"]],
	["a name in another language only", { name: { fi: "Kortti" } }, ["name"]],
	["too small a card", { goal: 1 }, ["goal"]],
	["half a stamp", { goal: 7.5 }, ["goal"]],
	["nothing typed", { goal: Number.NaN }, ["goal", "welcomeStamps"]],
	["a milestone on the last stamp", { rewards: [...values.rewards, milestone(10)] }, ["reward.1.at"]],
	["two milestones at one stamp", { rewards: [...values.rewards, milestone(5), milestone(5)] }, ["reward.2.at"]],
	["an end before the beginning", { firstDay: "2026-03-02", lastDay: "2026-03-01" }, ["lastDay"]],
	["a limit below zero", { limits: { ...noLimits, max_per_card_day: -1 } }, ["max_per_card_day"]],
])("%s", (_, part, want) => expect(Object.keys(wrongIn({ ...values, ...part }, "en"))).toEqual(want));

test.each(presets.filter((p) => p.id !== "blank").map((p) => [p.id, p] as const))("the preset %s is a good program as it stands", (_, preset) => {
	expect(wrongIn(preset.values((id) => id, "pl"), "pl")).toEqual({});
});
