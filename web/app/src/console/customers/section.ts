// The people who hold cards.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const route = createRoute({ getParentRoute: () => root, path: "/customers" });
const list = createRoute({
	getParentRoute: () => route, path: "/", component: room(() => import("./list.tsx"), "Customers"),
	validateSearch: (search: Record<string, unknown>): { query?: string } => {
		// A number that was typed stands in the address as a number.
		const query = text(typeof search["query"] === "number" ? String(search["query"]) : search["query"]);
		return query ? { query } : {};
	},
});
const one = createRoute({
	getParentRoute: () => route, path: "$customerId", component: room(() => import("./profile.tsx"), "Profile"),
	validateSearch: (search: Record<string, unknown>): { card?: string } => {
		const card = text(search["card"]);
		return card ? { card } : {};
	},
});

const entry: Entry = { to: "/customers", label: "customers.title", icon: "customers", group: "daily", needs: "customers:read" };

export const customers = { entry, route: route.addChildren([list, one]) };
