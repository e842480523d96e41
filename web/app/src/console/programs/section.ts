// What customers collect and what they get for it.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/programs" });
const list = createRoute({ getParentRoute: () => route, path: "/", component: room(() => import("./list.tsx"), "Programs") });
const fresh = createRoute({ getParentRoute: () => route, path: "new", component: room(() => import("./new.tsx"), "NewProgram") });
const one = createRoute({ getParentRoute: () => route, path: "$programId", component: room(() => import("./edit.tsx"), "EditProgram") });

const entry: Entry = { to: "/programs", label: "programs.title", icon: "programs", group: "program", needs: "programs:read" };

export const programs = { entry, route: route.addChildren([list, fresh, one]) };
