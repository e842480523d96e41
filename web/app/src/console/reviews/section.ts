// What tills recorded and the rules refused.

import { createRoute } from "@tanstack/react-router";
import { openReviewsQuery, REVIEW_STATES } from "../data/reviews.ts";
import { calendar, oneOf, searchOf, text } from "../parts/search.ts";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({
	getParentRoute: () => root, path: "/reviews", component: room(() => import("./list.tsx"), "Reviews"),
	validateSearch: searchOf({ state: oneOf(REVIEW_STATES), location: text, from: calendar, to: calendar }),
});

const entry: Entry = { to: "/reviews", label: "reviews.title", icon: "reviews", group: "daily", needs: "reviews:read", count: openReviewsQuery };

export const reviews = { entry, route };
