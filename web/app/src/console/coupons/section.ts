// The coupons of all cards, which the console calls rewards.

import { createRoute } from "@tanstack/react-router";
import { COUPON_STATES } from "../data/coupons.ts";
import { calendar, oneOf, searchOf, text } from "../parts/search.ts";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({
	getParentRoute: () => root, path: "/coupons", component: room(() => import("./list.tsx"), "AllCoupons"),
	validateSearch: searchOf({ program: text, status: oneOf(COUPON_STATES), location: text, from: calendar, to: calendar }),
});

const entry: Entry = { to: "/coupons", label: "coupons.title", icon: "gift", group: "daily", needs: "cards:read" };

export const coupons = { entry, route };
