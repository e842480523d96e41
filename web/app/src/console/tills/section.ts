// The devices at the counters.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/tills" });
const list = createRoute({ getParentRoute: () => route, path: "/", component: room(() => import("./list.tsx"), "Tills") });
const fresh = createRoute({ getParentRoute: () => route, path: "new", component: room(() => import("./pair.tsx"), "PairTill") });

const entry: Entry = { to: "/tills", label: "tills.title", icon: "tills", group: "shop", needs: "tills:read" };

export const tills = { entry, route: route.addChildren([list, fresh]) };
