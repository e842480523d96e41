// What to tell a person about an error. The server's own sentence comes first: it
// knows the number that was reached.

import type { I18n, Messages } from "@lingui/core";
import { Refused, Unanswered } from "../api/problem.ts";
import { catalogOf } from "../locale/locale.ts";
import { reasonOf } from "./reason.ts";
import type texts from "./texts/en.json";

export type ProblemText = keyof typeof texts;

/** The words for problems, for both apps. */
export const problemCatalog = catalogOf(import.meta.glob<Messages>("./texts/*.json", { query: "?lingui", import: "messages" }));

/** Codes of problems that have a sentence of their own here. */
const told: Partial<Record<string, ProblemText>> = {
	unauthenticated: "problem.unauthenticated",
	wrong_pin: "problem.wrong_pin",
	pin_locked: "problem.pin_locked",
	invalid_pairing_code: "problem.invalid_pairing_code",
	too_many_attempts: "problem.too_many_attempts",
	forbidden: "problem.forbidden",
	card_not_found: "problem.card_not_found",
	contact_taken: "problem.contact_taken",
	two_customers: "problem.two_customers",
	already_in_use: "problem.already_in_use",
	version_mismatch: "problem.version_mismatch",
	external_ref_used: "problem.external_ref_used",
	idempotency_key_reused: "problem.done_before",
	customer_blocked: "problem.customer_blocked",
	customer_merged: "problem.customer_merged",
	customer_not_confirmed: "problem.customer_not_confirmed",
	merge_undone: "problem.merge_undone",
	merge_too_old: "problem.merge_too_old",
	validation_failed: "problem.validation_failed",
	busy: "problem.unavailable",
	unavailable: "problem.unavailable",
	outcome_unknown: "problem.unavailable",
};

/** Returns a sentence about an error, in the language of the app. */
export function sentence(i18n: I18n, error: unknown): string {
	if (error instanceof Unanswered) {
		return i18n._("problem.unanswered" satisfies ProblemText);
	}
	if (error instanceof Refused) {
		const id = told[error.code];
		const said = id ? i18n._(id) : i18n._("problem.other" satisfies ProblemText, { code: error.code });
		const why = reasonOf(i18n, error.problem);
		return error.problem.staff_message ?? (why ? `${said} ${why}` : said);
	}
	return i18n._("problem.fault" satisfies ProblemText);
}
