// The console's addresses. What is not needed on the first screen is loaded when
// somebody goes there: give it a file of its own and lazyRouteComponent.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";

const root = createRootRoute({ component: Outlet });

const home = createRoute({
	getParentRoute: () => root, path: "/",
	component: lazyRouteComponent(() => import("./home.tsx"), "Home"),
});

export const router = createRouter({ routeTree: root.addChildren([home]), basepath: "/console" });

declare module "@tanstack/react-router" {
	interface Register {
		router: typeof router;
	}
}
