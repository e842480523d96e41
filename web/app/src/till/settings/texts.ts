// The words of the rooms that come later. say() takes the till's, too.

import { i18n } from "@lingui/core";
import type { Catalog } from "../../locale/locale.ts";
import type { TillText } from "../texts.ts";
import type texts from "./texts/en.json";

const files = import.meta.glob<Awaited<ReturnType<Catalog>>>("./texts/*.json", { query: "?lingui", import: "messages" });

export const settingsCatalog: Catalog = (locale) => {
	const load = files[`./texts/${locale}.json`];
	if (!load) {
		throw new Error(`no texts in ${locale}`);
	}
	return load();
};

export const say = (id: TillText | keyof typeof texts, values?: Record<string, string | number>): string => i18n._(id, values);
