// Cards in the wallets of phones: how many, and how up to date.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/passes", component: room(() => import("./passes.tsx"), "Passes") });

const entry: Entry = { to: "/passes", label: "passes.title", icon: "passes", group: "shop", needs: "stats:read" };

export const passes = { entry, route };
