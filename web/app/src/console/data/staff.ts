// The people who work for the organization.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api, everything } from "../api.ts";

export type Staff = Schema["Staff"];

export const staffQuery = queryOptions({
	queryKey: ["staff"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/staff", { params: { query }, signal }))),
});

export const ROLES = ["owner", "manager", "marketer", "cashier"] as const;
export type StaffRole = (typeof ROLES)[number];

/** What a role may do beside the one before it, as a rank; see access/permission.go. */
const rank: Record<StaffRole, number> = { cashier: 0, marketer: 0, manager: 1, owner: 2 };

/** The roles that somebody of a role can give: nobody gives more than they have. */
export function rolesGivenBy(role: string | undefined): StaffRole[] {
	const own = ROLES.find((r) => r === role);
	return own && rank[own] > 0 ? ROLES.filter((r) => rank[r] <= rank[own]) : [];
}

export const staffMemberQuery = (id: string) => queryOptions({
	queryKey: ["staff", id],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/staff/{staff_id}", { params: { path: { staff_id: id } }, signal })),
});
