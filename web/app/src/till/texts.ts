// The till's words. say() takes only what is in texts/en.json.

import { i18n, type Messages } from "@lingui/core";
import { catalogOf } from "../locale/locale.ts";
import { sentence } from "../problem/sentence.ts";
import type { LimitCode } from "./domain/limits.ts";
import type texts from "./texts/en.json";

export type TillText = keyof typeof texts;

export const tillCatalog = catalogOf(import.meta.glob<Messages>("./texts/*.json", { query: "?lingui", import: "messages" }));

/** Says a text in the language of the till. A change of language draws everything anew. */
export const say = (id: TillText, values?: Record<string, string | number>): string => i18n._(id, values);

export const explain = (error: unknown): string => sentence(i18n, error);

/** Says why the till gives no more by itself, as the server would. */
export function limitSentence({ code, number }: { code: LimitCode; number: number }): string {
	switch (code) {
		case "scan_limit_reached":
			return say("refusal.scan_limit_reached", { count: number });
		case "daily_limit_reached":
			return say("refusal.daily_limit_reached", { count: number });
		case "staff_daily_limit_reached":
			return say("refusal.staff_daily_limit_reached", { count: number });
		case "cool_down":
			return say("refusal.cool_down", { count: number });
	}
}
