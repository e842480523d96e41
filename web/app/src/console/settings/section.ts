// The business itself: how it looks, where it is, what customers are asked.

import { createRoute } from "@tanstack/react-router";
import { root } from "../root.ts";
import { room, type Entry } from "../section.ts";

const route = createRoute({ getParentRoute: () => root, path: "/settings", component: room(() => import("./settings.tsx"), "Settings") });

const entry: Entry = { to: "/settings", label: "settings.title", icon: "settings", group: "systems", needs: "organization:read" };

export const settings = { entry, route };
