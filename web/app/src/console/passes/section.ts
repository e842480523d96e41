// Cards in the wallets of phones: how they look, how many there are, and how up to date.

import { createRoute } from "@tanstack/react-router";
import { oneOf, searchOf } from "../parts/search.ts";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/passes" });
const state = createRoute({ getParentRoute: () => route, path: "/", component: room(() => import("./passes.tsx"), "Passes"), validateSearch: searchOf({ behind: oneOf(["apple", "google", "samsung"]) }) });
const design = createRoute({ getParentRoute: () => route, path: "$programId", component: room(() => import("./designer.tsx"), "Designer") });

const entry: Entry = { to: "/passes", label: "passes.title", icon: "passes", group: "shop", needs: "stats:read" };

export const passes = { entry, route: route.addChildren([state, design]) };
