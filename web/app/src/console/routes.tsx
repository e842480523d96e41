// The console's addresses: those of the sections, inside the shell.

import { createRouter } from "@tanstack/react-router";
import { Lost } from "./parts/lost.tsx";
import { Fault } from "./parts/problem.tsx";
import { root } from "./root.ts";
import { sections } from "./sections.ts";
import { Shell } from "./shell/shell.tsx";

/** The routes of sections, in their order: what keeps addresses in links typed. */
type RoutesOf<S extends readonly { route: unknown }[]> = { -readonly [I in keyof S]: S[I]["route"] };

root.update({ component: Shell, notFoundComponent: Lost, errorComponent: Fault });

export const router = createRouter({
	routeTree: root.addChildren(sections.map((s) => s.route) as unknown as RoutesOf<typeof sections>),
	basepath: "/console",
	defaultPreload: "intent",
	scrollRestoration: true,
	defaultPendingMs: 300,
});

declare module "@tanstack/react-router" {
	interface Register {
		router: typeof router;
	}
}
