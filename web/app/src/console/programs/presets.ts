// Programs to begin with. They are filled in, not fixed: everything can be changed.

import type { Locale } from "../../locale/locale.ts";
import type { ConsoleText } from "../texts.ts";
import { noLimits, type ProgramValues, type RewardValues } from "./values.ts";

type Say = (id: ConsoleText) => string;

export interface Preset {
	id: "product" | "money" | "visits" | "welcome" | "blank";
	/** Fills the form in, with words of the organization's language. */
	values: (say: Say, own: Locale) => ProgramValues;
}

/** Against stamping twice by mistake. */
const COOL_DOWN_S = 60;

function program(say: Say, own: Locale, name: ConsoleText, goal: number, rewards: (Omit<RewardValues, "name"> & { text: ConsoleText })[], rest: Partial<ProgramValues> = {}): ProgramValues {
	return {
		name: { [own]: say(name) }, goal, welcomeStamps: 0, redeemCode: "static", firstDay: "", lastDay: "",
		limits: { ...noLimits, max_per_scan: 5, cool_down_seconds: COOL_DOWN_S },
		rewards: rewards.map(({ text, ...r }) => ({ ...r, name: { [own]: say(text) } })), ...rest,
	};
}

export const presets: readonly Preset[] = [
	{ id: "product", values: (say, own) => program(say, own, "preset.card_name", 10, [{ kind: "main", text: "preset.product_reward", validFor: "P6M" }]) },
	{ id: "money", values: (say, own) => program(say, own, "preset.card_name", 10, [
		{ kind: "main", text: "preset.money_reward", validFor: "P6M" }, { kind: "milestone", at: 5, text: "preset.sample_reward", validFor: "P3M" },
	]) },
	{ id: "visits", values: (say, own) => program(say, own, "preset.visits_name", 5, [{ kind: "main", text: "preset.percent_reward", validFor: "P3M" }],
		{ limits: { ...noLimits, max_per_scan: 1, max_per_card_day: 1 } }) },
	{ id: "welcome", values: (say, own) => program(say, own, "preset.card_name", 8, [
		{ kind: "main", text: "preset.gift_reward", validFor: "P6M" }, { kind: "welcome", text: "preset.sample_reward", validFor: "P1M" },
	], { welcomeStamps: 1 }) },
	{ id: "blank", values: (_, own) => ({
		name: { [own]: "" }, goal: 10, welcomeStamps: 0, redeemCode: "static", firstDay: "", lastDay: "", limits: noLimits,
		rewards: [{ kind: "main", name: { [own]: "" }, validFor: "" }],
	}) },
];
