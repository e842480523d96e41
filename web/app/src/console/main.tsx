import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import "@mantine/core/styles.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Refused } from "../api/problem.ts";
import { chooseLocale, speak } from "../locale/locale.ts";
import { problemCatalog } from "../problem/sentence.ts";
import { theme } from "../theme/mantine.ts";
import "../theme/tokens.css";
import { router } from "./routes.tsx";
import { consoleCatalog } from "./texts.ts";

/** How often a request that nobody answered is made again before the screen says so. */
const RETRIES = 2;

// Mantine and the scroll lock of its dialogs write style elements. The page's policy
// lets them by the nonce that the server gave to this one answer.
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
setNonce(nonce);

const queries = new QueryClient({
	defaultOptions: { queries: { retry: (failures, error) => !(error instanceof Refused) && failures < RETRIES } },
});

const root = document.getElementById("app");
if (root) {
	await speak(chooseLocale(), [problemCatalog, consoleCatalog]);
	createRoot(root).render(
		<StrictMode>
			<I18nProvider i18n={i18n}>
				<MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
					<QueryClientProvider client={queries}>
						<RouterProvider router={router} />
					</QueryClientProvider>
				</MantineProvider>
			</I18nProvider>
		</StrictMode>,
	);
}
