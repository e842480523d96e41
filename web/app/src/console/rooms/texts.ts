// The words of all rooms but the first; see ../texts.ts.

import type { Catalog } from "../../locale/locale.ts";

const files = import.meta.glob<Awaited<ReturnType<Catalog>>>("./texts/*.json", { query: "?lingui", import: "messages" });

export const roomsCatalog: Catalog = (locale) => {
	const load = files[`./texts/${locale}.json`];
	if (!load) {
		throw new Error(`no texts in ${locale}`);
	}
	return load();
};
