import { i18n } from "@lingui/core";
import { createRoot } from "react-dom/client";
import { chooseLocale, speak } from "../locale/locale.ts";
import { problemCatalog } from "../problem/sentence.ts";
import "../theme/tokens.css";

const root = document.getElementById("app");
if (root) {
	await speak(chooseLocale(), [problemCatalog]);
	createRoot(root).render(<p>{i18n._("problem.unanswered")}</p>);
}
