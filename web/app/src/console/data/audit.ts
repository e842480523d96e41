// Who did what.

import { infiniteQueryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";
import { dayAfter, paged, pageOf } from "./paged.ts";

export type AuditLine = Schema["AuditLine"];
export type AuditAction = Schema["AuditAction"];

export const ACTIONS = [
	"organization.changed", "organization.logo_changed", "location.added", "location.changed", "staff.added", "staff.changed", "staff.pin_set",
	"staff.signed_in", "till.code_made", "till.paired", "till.unpaired", "program.added", "program.changed", "program.design_changed", "organization.artwork_added", "customer.changed", "customer.blocked", "customer.unblocked", "customer.merged", "customer.unmerged",
	"customer.consents_recorded", "consent_text.added", "card.blocked", "card.adjusted", "card.reissued", "card.old_number_set", "organization.demo_removed", "api_key.made", "api_key.revoked", "import.started",
	"import.stopped", "review.decided", "list.exported",
] as const satisfies readonly AuditAction[];

/** What the word for an action is called: its name with an underscore. */
export const wordOf = <A extends AuditAction>(action: A) => action.replace(".", "_") as A extends `${infer Noun}.${infer Verb}` ? `${Noun}_${Verb}` : never;

export interface AuditWanted {
	action?: AuditAction;
	doer?: string;
	subject?: string;
	/** The first and the last day. */
	from?: string;
	to?: string;
}

export const auditQuery = ({ action, doer, subject, from, to }: AuditWanted) => infiniteQueryOptions({
	...paged,
	queryKey: ["audit", action, doer, subject, from, to],
	queryFn: ({ pageParam, signal }) => answerOf(api.GET("/v1/audit-log", {
		params: { query: {
			...(action && { action }), ...(doer && { doer_id: doer }), ...(subject && { subject_id: subject }), ...(from && { from }), ...(to && { to: dayAfter(to) }),
			...pageOf(pageParam),
		} }, signal,
	})),
});
