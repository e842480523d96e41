// Credentials of other systems.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/keys" });
const list = createRoute({ getParentRoute: () => route, path: "/", component: room(() => import("./list.tsx"), "Keys") });
const fresh = createRoute({ getParentRoute: () => route, path: "new", component: room(() => import("./new.tsx"), "NewKey") });

const entry: Entry = { to: "/keys", label: "keys.title", icon: "keys", group: "systems", needs: "api_keys:read" };

export const keys = { entry, route: route.addChildren([list, fresh]) };
