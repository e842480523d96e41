import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { chooseLocale, speak } from "../locale/locale.ts";
import { problemCatalog } from "../problem/sentence.ts";
import "../theme/tokens.css";
import { prepareSound } from "./device/sound.ts";
import { keepPage } from "./device/page.ts";
import { Till } from "./model/till.ts";
import { App } from "./screens/App.tsx";
import { TillContext } from "./screens/till.ts";
import { tillCatalog } from "./texts.ts";
import "./till.css";

const root = document.getElementById("app");
if (root) {
	prepareSound();
	const [till] = await Promise.all([Till.start(), speak(chooseLocale(), [problemCatalog, tillCatalog])]);
	keepPage(till.core);
	createRoot(root).render(
		<StrictMode>
			<I18nProvider i18n={i18n}>
				<TillContext value={till}><App /></TillContext>
			</I18nProvider>
		</StrictMode>,
	);
}
