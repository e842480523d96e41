// What tills recorded without network and the rules refused, for a person to decide.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";
import { dayAfter, paged, pageOf } from "./paged.ts";

export type Review = Schema["Review"];

/** How often it is looked whether something new is for review. */
const LOOK_MS = 20_000;

/** What can be asked for beside what is open. */
export const REVIEW_STATES = ["decided", "all"] as const;

export interface ReviewFilter {
	/** All if it is "all"; only what is open if it is not there. */
	state?: (typeof REVIEW_STATES)[number];
	location?: string;
	/** The first and the last day. */
	from?: string;
	to?: string;
}

/** Returns the parameters of a filter, whose last day is one that is wanted. */
function parametersOf({ state, location, from, to }: ReviewFilter) {
	return {
		...(state !== "all" && { state: state ?? "open" as const }), ...(location && { location_id: location }), ...(from && { from }), ...(to && { to: dayAfter(to) }),
	};
}

export const reviewsQuery = (filter: ReviewFilter) => infiniteQueryOptions({
	...paged,
	queryKey: ["reviews", filter],
	queryFn: ({ pageParam, signal }) => answerOf(api.GET("/v1/reviews", { params: { query: { ...parametersOf(filter), ...pageOf(pageParam) } }, signal })),
	refetchInterval: LOOK_MS,
});

/** How many are open. */
export const openReviewsQuery = queryOptions({
	queryKey: ["reviews", "open"],
	queryFn: async ({ signal }) => (await answerOf(api.GET("/v1/reviews", { params: { query: { state: "open", limit: 1 } }, signal }))).open,
	refetchInterval: LOOK_MS,
});
