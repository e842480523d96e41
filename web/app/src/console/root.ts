// The address that all of the console's addresses are below. It knows nothing of what
// is shown there (routes.tsx gives it the shell), so that sections can import it.

import { createRootRoute } from "@tanstack/react-router";

export const root = createRootRoute();
