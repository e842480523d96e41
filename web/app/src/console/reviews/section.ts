// What tills recorded and the rules refused.

import { createRoute } from "@tanstack/react-router";
import { DAY, openReviewsQuery, type ReviewFilter } from "../data/reviews.ts";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({
	getParentRoute: () => root, path: "/reviews", component: room(() => import("./list.tsx"), "Reviews"),
	validateSearch: (search: Record<string, unknown>): ReviewFilter => {
		const { state, location, from, to } = search;
		const day = (value: unknown): value is string => typeof value === "string" && DAY.test(value) && !Number.isNaN(Date.parse(value));
		return {
			...((state === "decided" || state === "all") && { state }), ...(typeof location === "string" && location !== "" && { location }),
			...(day(from) && { from }), ...(day(to) && { to }),
		};
	},
});

const entry: Entry = { to: "/reviews", label: "reviews.title", icon: "reviews", group: "daily", needs: "reviews:read", count: openReviewsQuery };

export const reviews = { entry, route };
