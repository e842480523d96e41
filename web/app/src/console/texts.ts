// The console's words. say() takes only what is in texts/en.json.

import { useLingui } from "@lingui/react";
import { useCallback } from "react";
import type { Catalog } from "../locale/locale.ts";
import { sentence } from "../problem/sentence.ts";
import type texts from "./texts/en.json";

export type ConsoleText = keyof typeof texts;
type Values = Record<string, string | number>;

const files = import.meta.glob<Awaited<ReturnType<Catalog>>>("./texts/*.json", { query: "?lingui", import: "messages" });

export const consoleCatalog: Catalog = (locale) => {
	const load = files[`./texts/${locale}.json`];
	if (!load) {
		throw new Error(`no texts in ${locale}`);
	}
	return load();
};

/** Returns say, which speaks the console's words, and explain, which tells of an error. */
export function useTexts() {
	const { i18n } = useLingui();
	return {
		say: useCallback((id: ConsoleText, values?: Values) => i18n._(id, values), [i18n]),
		explain: useCallback((error: unknown) => sentence(i18n, error), [i18n]),
	};
}
