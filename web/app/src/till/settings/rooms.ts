// The rooms that cashiers seldom go to: settings, and the test of a scanner. They come,
// with their words, when somebody first goes there; the service worker has kept them.

import { i18n } from "@lingui/core";
import { currentLocale } from "../../locale/locale.ts";
import { settingsCatalog } from "./texts.ts";

export { ScannerTest } from "./ScannerTest.tsx";
export { SettingsRoom } from "./Settings.tsx";

/** Makes sure that their words are there. */
export async function speakHere(): Promise<void> {
	const locale = currentLocale();
	i18n.load(locale, await settingsCatalog(locale));
}
