// Bringing in receipts from files.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/imports" });
const list = createRoute({ getParentRoute: () => route, path: "/", component: room(() => import("./list.tsx"), "Imports") });
const fresh = createRoute({ getParentRoute: () => route, path: "new", component: room(() => import("./new.tsx"), "NewImport") });
const one = createRoute({ getParentRoute: () => route, path: "$importId", component: room(() => import("./follow.tsx"), "FollowImport") });

const entry: Entry = { to: "/imports", label: "imports.title", icon: "imports", group: "systems", needs: "imports:read" };

export const imports = { entry, route: route.addChildren([list, fresh, one]) };
