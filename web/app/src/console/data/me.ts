// Who is signed in, and what they may do.

import { queryOptions, useQuery } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { writeTimesIn } from "../../locale/locale.ts";
import { api } from "../api.ts";

export type Me = Schema["Me"];
export type Organization = Schema["Organization"];

/** The permissions that the console asks about; openapi.yaml names them at each operation. */
export type Permission =
	| "organization:read" | "organization:write" | "locations:read" | "locations:write" | "staff:read" | "staff:write"
	| "tills:read" | "tills:write" | "programs:read" | "programs:write" | "stats:read" | "customers:read" | "customers:write"
	| "cards:read" | "cards:write" | "coupons:redeem" | "entries:reverse" | "entries:adjust" | "api_keys:read" | "api_keys:write"
	| "imports:read" | "imports:write" | "exports:read" | "audit:read" | "reviews:read";

/** The first part of the key under which the answer is remembered. */
export const ME = "me";

export const meQuery = queryOptions({
	queryKey: [ME],
	queryFn: async ({ signal }) => {
		const me = await answerOf(api.GET("/v1/me", { signal }));
		writeTimesIn(me.organization.zone);
		return me;
	},
	staleTime: 60_000,
});

/** Returns whoever is signed in. Only for what is shown inside the shell, where somebody is. */
export function useMe(): Me {
	const me = useQuery(meQuery).data;
	if (!me) {
		throw new Error("nobody is signed in");
	}
	return me;
}

/** Returns a function that tells whether whoever is signed in may do something. */
export function useMay(): (permission: Permission) => boolean {
	const { permissions } = useMe();
	return (permission) => permissions.includes(permission);
}

/** Tells whether somebody may act for a branch: whoever is tied to one acts for no other, and adds none. Without a branch it is about all of them. */
export const actsAt = (me: Pick<Me, "location_id">, location?: string): boolean => !me.location_id || me.location_id === location;
