// A program as its form holds it, and the way from and to what the API takes.

import type { Locale } from "../../locale/locale.ts";
import type { Schema } from "../../api/client.ts";
import type { Program } from "../data/programs.ts";
import { dayIn, daysBefore } from "../home/days.ts";
import { changed } from "../parts/draft.ts";
import { spoken, type LocalizedText } from "../parts/localized.tsx";
import type { ConsoleText } from "../texts.ts";
import { beginningOf } from "./zone.ts";

export interface RewardValues {
	/** Not there for a new reward. */
	id?: string;
	kind: Schema["RewardKind"];
	name: LocalizedText;
	at?: number;
	/** An ISO 8601 duration, "" for no end. */
	validFor: string;
}

export interface ProgramValues {
	name: LocalizedText;
	goal: number;
	welcomeStamps: number;
	rewards: RewardValues[];
	limits: Schema["Limits"];
	redeemCode: Schema["RedeemCode"];
	/** The first and the last day, "" for none. */
	firstDay: string;
	lastDay: string;
}

export const MIN_GOAL = 2;
export const MAX_GOAL = 200;
export const MAX_REWARDS = 20;

export const noLimits: Schema["Limits"] = { max_per_scan: 0, max_per_card_day: 0, cool_down_seconds: 0, max_per_staff_day: 0, redeem_offline: false };

/** All limits that there are. 0 is no limit. */
export const LIMITS = ["max_per_scan", "max_per_card_day", "cool_down_seconds", "max_per_staff_day"] as const;
export type Limit = (typeof LIMITS)[number];

/** The most that each can be set to; openapi.yaml has the same. */
export const MOST: Record<Limit, number> = { max_per_scan: 100, max_per_card_day: 100_000, cool_down_seconds: 31 * 86_400, max_per_staff_day: 100_000 };

/** Fills the form from a program; days are those of the zone. */
export function valuesOf(p: Program, zone: string): ProgramValues {
	return {
		name: p.name, goal: p.goal, welcomeStamps: p.welcome_stamps, limits: p.limits, redeemCode: p.redeem_code,
		rewards: p.rewards.map((r) => ({ id: r.id, kind: r.kind, name: r.name, ...(r.at && { at: r.at }), validFor: r.valid_for ?? "" })),
		firstDay: p.starts_at ? dayIn(zone, Date.parse(p.starts_at)) : "",
		lastDay: p.ends_at ? dayIn(zone, Date.parse(p.ends_at) - 1) : "",
	};
}

const instant = (ms: number) => new Date(ms).toISOString();
const rewardOf = (r: RewardValues): Schema["RewardSetting"] => ({
	...(r.id && { id: r.id }), kind: r.kind, name: spoken(r.name),
	...(r.kind === "milestone" && { at: r.at ?? 0 }), ...(r.validFor && { valid_for: r.validFor }),
});

/** What the API is told of a member of the form. */
const told: { [M in keyof ProgramValues]: (v: ProgramValues, zone: string) => Schema["ProgramChange"] } = {
	name: (v) => ({ name: spoken(v.name) }),
	goal: (v) => ({ goal: v.goal }),
	welcomeStamps: (v) => ({ welcome_stamps: v.welcomeStamps }),
	limits: (v) => ({ limits: v.limits }),
	redeemCode: (v) => ({ redeem_code: v.redeemCode }),
	rewards: (v) => ({ rewards: v.rewards.map(rewardOf) }),
	firstDay: (v, zone) => ({ starts_at: v.firstDay ? instant(beginningOf(v.firstDay, zone)) : null }),
	lastDay: (v, zone) => ({ ends_at: v.lastDay ? instant(beginningOf(daysBefore(v.lastDay, -1), zone)) : null }),
};

/** Returns the change from one state of the form to another. */
export function changeOf(base: ProgramValues, values: ProgramValues, zone: string): Schema["ProgramChange"] {
	return Object.assign({}, ...changed(base, values).map((m) => told[m](values, zone))) as Schema["ProgramChange"];
}

/** Returns the new program that the form describes. */
export function creationOf(v: ProgramValues, zone: string, status: Schema["ProgramStatus"]): Schema["ProgramCreation"] {
	const { starts_at, ends_at } = { ...told.firstDay(v, zone), ...told.lastDay(v, zone) };
	return {
		name: spoken(v.name), goal: v.goal, welcome_stamps: v.welcomeStamps, limits: v.limits, redeem_code: v.redeemCode, rewards: v.rewards.map(rewardOf), status,
		...(starts_at && { starts_at }), ...(ends_at && { ends_at }),
	};
}

/** What is wrong in the form, by field: "name", "goal", "reward.2.name", … */
export type Wrong = Readonly<Record<string, ConsoleText>>;

/** Returns everything that is wrong, so that it can be mended in one go. */
export function wrongIn(v: ProgramValues, own: Locale): Wrong {
	const wrong: Record<string, ConsoleText> = {};
	const whole = (n: number, min: number, max: number) => Number.isInteger(n) && n >= min && n <= max;
	const named = (t: LocalizedText) => Boolean(t[own]?.trim());
	if (!named(v.name)) {
		wrong["name"] = "form.needed";
	}
	if (!whole(v.goal, MIN_GOAL, MAX_GOAL)) {
		wrong["goal"] = "programs.goal_wrong";
	}
	if (!whole(v.welcomeStamps, 0, v.goal)) {
		wrong["welcomeStamps"] = "programs.welcome_wrong";
	}
	const taken = new Set<number>();
	v.rewards.forEach((r, i) => {
		if (!named(r.name)) {
			wrong[`reward.${i}.name`] = "form.needed";
		}
		if (r.kind === "milestone") {
			const at = r.at ?? 0;
			if (!whole(at, 1, v.goal - 1) || taken.has(at)) {
				wrong[`reward.${i}.at`] = "programs.milestone_wrong";
			}
			taken.add(at);
		}
	});
	for (const limit of LIMITS) {
		if (!whole(v.limits[limit], 0, MOST[limit])) {
			wrong[limit] = limit === "cool_down_seconds" ? "programs.cool_down_wrong" : "programs.limit_wrong";
		}
	}
	if (v.firstDay && v.lastDay && v.lastDay < v.firstDay) {
		wrong["lastDay"] = "programs.days_wrong";
	}
	return wrong;
}
