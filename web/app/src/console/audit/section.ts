// Who did what.

import { createRoute } from "@tanstack/react-router";
import { ACTIONS } from "../data/audit.ts";
import { calendar, oneOf, searchOf, text } from "../parts/search.ts";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({
	getParentRoute: () => root, path: "/audit", component: room(() => import("./audit.tsx"), "Audit"),
	validateSearch: searchOf({ action: oneOf(ACTIONS), doer: text, subject: text, from: calendar, to: calendar }),
});

const entry: Entry = { to: "/audit", label: "audit.title", icon: "audit", group: "systems", needs: "audit:read" };

export const audit = { entry, route };
