// The branches.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/locations" });
const list = createRoute({ getParentRoute: () => route, path: "/", component: room(() => import("./list.tsx"), "Locations") });
const fresh = createRoute({ getParentRoute: () => route, path: "new", component: room(() => import("./edit.tsx"), "NewLocation") });
const one = createRoute({ getParentRoute: () => route, path: "$locationId", component: room(() => import("./edit.tsx"), "EditLocation") });

const entry: Entry = { to: "/locations", label: "locations.title", icon: "locations", group: "shop", needs: "locations:read" };

export const locations = { entry, route: route.addChildren([list, fresh, one]) };
