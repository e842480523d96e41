// The people who work for the organization, what they may do and their PINs.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/staff" });
const list = createRoute({
	getParentRoute: () => route, path: "/", component: room(() => import("./list.tsx"), "StaffList"),
	validateSearch: (search: Record<string, unknown>): { all?: true } => (search["all"] === true ? { all: true } : {}),
});
const fresh = createRoute({ getParentRoute: () => route, path: "new", component: room(() => import("./edit.tsx"), "NewStaff") });
const one = createRoute({ getParentRoute: () => route, path: "$staffId", component: room(() => import("./edit.tsx"), "EditStaff") });

const entry: Entry = { to: "/staff", label: "staff.title", icon: "staff", group: "shop", needs: "staff:read" };

export const staff = { entry, route: route.addChildren([list, fresh, one]) };
