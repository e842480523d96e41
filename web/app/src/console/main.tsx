import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import "./mantine.css";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Refused } from "../api/problem.ts";
import { chooseLocale } from "../locale/locale.ts";
import "../theme/tokens.css";
import "./console.css";
import { ME } from "./data/me.ts";
import { Notices } from "./parts/notices.tsx";
import { router } from "./routes.tsx";
import { speakConsole } from "./texts.ts";
import { resolveColors, theme } from "./theme.ts";

/** How often a request that nobody answered is made again before the screen says so. */
const RETRIES = 2;
/** For how long something that was read is taken to be so. */
const FRESH_MS = 10_000;

// Mantine and the scroll lock of its dialogs write style elements. The page's policy
// lets them by the nonce that the server gave to this one answer.
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
setNonce(nonce);

/** Whoever is told that they are signed out is asked to sign in again (shell.tsx). */
const lookWhoIsThere = (error: unknown) => {
	if (error instanceof Refused && error.code === "unauthenticated") {
		void queries.invalidateQueries({ queryKey: [ME] });
	}
};

const queries: QueryClient = new QueryClient({
	queryCache: new QueryCache({ onError: (error, query) => { if (query.queryKey[0] !== ME) { lookWhoIsThere(error); } } }),
	mutationCache: new MutationCache({ onError: lookWhoIsThere }),
	defaultOptions: { queries: { staleTime: FRESH_MS, retry: (failures, error) => !(error instanceof Refused) && failures < RETRIES } },
});

const app = document.getElementById("app");
if (app) {
	await speakConsole(chooseLocale());
	createRoot(app).render(
		<StrictMode>
			<I18nProvider i18n={i18n}>
				<MantineProvider theme={theme} cssVariablesResolver={resolveColors} defaultColorScheme="auto" getStyleNonce={() => nonce}>
					<QueryClientProvider client={queries}>
						<Notices>
							<RouterProvider router={router} />
						</Notices>
					</QueryClientProvider>
				</MantineProvider>
			</I18nProvider>
		</StrictMode>,
	);
}
