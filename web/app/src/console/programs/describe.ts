import { useCallback } from "react";
import { words } from "../../locale/locale.ts";
import { calendarDay, number } from "../format.ts";
import { useTexts } from "../texts.ts";
import type { ProgramValues } from "./values.ts";

/** Returns what says a member of the form in a few words, for comparing. */
export function useDescribe() {
	const { say } = useTexts();
	return useCallback((member: keyof ProgramValues, v: ProgramValues): readonly [string, string] => {
		switch (member) {
			case "name":
				return [say("programs.name"), Object.values(v.name).join(" · ")];
			case "goal":
				return [say("programs.goal"), number(v.goal)];
			case "welcomeStamps":
				return [say("programs.welcome_stamps"), number(v.welcomeStamps)];
			case "rewards":
				return [say("programs.rewards"), v.rewards.map((r) => words(r.name)).join(", ")];
			case "limits":
				return [say("programs.limits"), Object.values(v.limits).map((n) => (typeof n === "number" ? number(n) : n ? "✓" : "–")).join(" / ")];
			case "redeemCode":
				return [say("programs.rotating"), v.redeemCode === "rotating" ? "✓" : "–"];
			case "firstDay":
				return [say("programs.first_day"), v.firstDay && calendarDay(v.firstDay)];
			case "lastDay":
				return [say("programs.last_day"), v.lastDay && calendarDay(v.lastDay)];
		}
	}, [say]);
}
