// The first room: what is still to be done, and how it goes.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../root.ts";
import type { Entry } from "../section.ts";
import { PERIODS } from "./days.ts";

export interface HomeSearch {
	/** The program whose totals are shown; all if it is not there. */
	program?: string;
	/** The branch whose totals are shown; all if it is not there. */
	location?: string;
	/** How many days are shown. */
	days?: number;
}

const route = createRoute({
	getParentRoute: () => root, path: "/",
	component: lazyRouteComponent(() => import("./home.tsx"), "Home"),
	validateSearch: (search: Record<string, unknown>): HomeSearch => ({
		...(typeof search["program"] === "string" && { program: search["program"] }),
		...(typeof search["location"] === "string" && { location: search["location"] }),
		...(PERIODS.some((p) => p === search["days"]) && { days: search["days"] as number }),
	}),
});

const entry: Entry = { to: "/", label: "home.title", icon: "home", group: "daily", needs: "programs:read" };

export const home = { entry, route };
