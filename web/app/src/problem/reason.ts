// What is wrong with a field, in the language of the app. The server names the reason
// and its numbers; its own words are English.

import type { I18n } from "@lingui/core";
import type { components } from "../api/contract.ts";
import type { ProblemBody } from "../api/problem.ts";
import type { ProblemText } from "./sentence.ts";

type Reason = components["schemas"]["ProblemReason"];

/** Every reason has a sentence: the compiler asks for those that are added. */
const told: Record<Reason, ProblemText> = {
	required: "reason.required", null: "reason.required", too_few: "reason.required",
	type: "reason.form", one_of: "reason.form", instant: "reason.form", pattern: "reason.form", unknown: "reason.form",
	minimum: "reason.minimum", maximum: "reason.maximum", range: "reason.range", too_many: "reason.maximum",
	too_short: "reason.too_short", too_long: "reason.too_long",
	white_space: "reason.characters", encoding: "reason.characters", control_character: "reason.characters",
	twice: "reason.twice", before_start: "reason.before_start", period: "reason.period", one_main_reward: "reason.one_main_reward",
	color: "reason.color", zone: "reason.zone", address: "reason.address", phone: "reason.phone", email: "reason.email", contact_missing: "reason.contact_missing",
	picture_kind: "reason.picture", damaged: "reason.picture", too_large: "reason.too_long", picture_size: "reason.picture_size", animated: "reason.animated",
	out_of_order: "reason.out_of_order", mapping: "reason.mapping", queue_full: "reason.queue_full",
	file_name: "reason.file_name", file_too_large: "reason.file_too_large", file_unusable: "reason.file_unusable",
};

/** Returns the sentence, "" for a problem that names no reason or one of a newer server. */
export function reasonOf(i18n: I18n, problem: ProblemBody): string {
	const text = problem.reason && told[problem.reason];
	return text ? i18n._(text, problem.params ?? {}) : "";
}
