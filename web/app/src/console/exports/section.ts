// Lists taken along as files.

import { createRoute } from "@tanstack/react-router";
import { calendar, searchOf, text } from "../parts/search.ts";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({
	getParentRoute: () => root, path: "/exports", component: room(() => import("./exports.tsx"), "Exports"),
	validateSearch: searchOf({ program: text, location: text, from: calendar, to: calendar }),
});

const entry: Entry = { to: "/exports", label: "exports.title", icon: "exports", group: "systems", needs: "exports:read" };

export const exports = { entry, route };
