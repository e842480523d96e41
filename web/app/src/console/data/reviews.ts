// What tills recorded without network and the rules refused, for a person to decide.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";

export type Review = Schema["Review"];

const LINES = 25;
/** How often it is looked whether something new is for review. */
const LOOK_MS = 20_000;

export interface ReviewFilter {
	/** All if it is "all"; only what is open if it is not there. */
	state?: "decided" | "all";
	location?: string;
	/** The first and the last day. */
	from?: string;
	to?: string;
}

export const DAY = /^\d{4}-\d{2}-\d{2}$/;
const dayAfter = (day: string) => new Date(Date.parse(day + "T00:00:00Z") + 86_400_000).toISOString().slice(0, 10);

/** Returns the parameters of a filter, whose last day is one that is wanted. */
export function reviewParameters({ state, location, from, to }: ReviewFilter) {
	return {
		...(state !== "all" && { state: state ?? "open" as const }), ...(location && { location_id: location }), ...(from && { from }), ...(to && { to: dayAfter(to) }),
	};
}

export const reviewsQuery = (filter: ReviewFilter) => infiniteQueryOptions({
	queryKey: ["reviews", filter],
	initialPageParam: null as string | null,
	getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
	queryFn: ({ pageParam, signal }) =>
		answerOf(api.GET("/v1/reviews", { params: { query: { ...reviewParameters(filter), limit: LINES, ...(pageParam && { cursor: pageParam }) } }, signal })),
	refetchInterval: LOOK_MS,
});

/** How many are open. */
export const openReviewsQuery = queryOptions({
	queryKey: ["reviews", "open"],
	queryFn: async ({ signal }) => (await answerOf(api.GET("/v1/reviews", { params: { query: { state: "open", limit: 1 } }, signal }))).open,
	refetchInterval: LOOK_MS,
});
