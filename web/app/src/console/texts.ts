// The console's words. Those of the shell and of the first screen are here, those of
// the other rooms in rooms/texts: they are loaded with the first room that somebody
// goes to. say() takes only what is in one of the two en.json.

import { setupI18n, type Messages } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { useCallback } from "react";
import { catalogOf, currentLocale, speak, type Catalog, type Locale } from "../locale/locale.ts";
import type { ProblemBody } from "../api/problem.ts";
import { reasonOf } from "../problem/reason.ts";
import { problemCatalog, sentence } from "../problem/sentence.ts";
import type roomsTexts from "./rooms/texts/en.json";
import type texts from "./texts/en.json";

export type FirstText = keyof typeof texts;
export type ConsoleText = FirstText | keyof typeof roomsTexts;
type Values = Record<string, string | number>;

const consoleCatalog = catalogOf(import.meta.glob<Messages>("./texts/*.json", { query: "?lingui", import: "messages" }));

/** What is spoken now. */
const spoken: Catalog[] = [problemCatalog, consoleCatalog];

/** Makes the console speak a language. */
export const speakConsole = (locale: Locale) => speak(locale, spoken);

/** Makes sure that the words of the rooms are there. */
export async function speakRooms(): Promise<void> {
	const { roomsCatalog } = await import("./rooms/texts.ts");
	if (!spoken.includes(roomsCatalog)) {
		spoken.push(roomsCatalog);
		await speakConsole(currentLocale());
	}
}

/** Returns what says the console's words in a language that it does not speak now. */
export async function textsIn(locale: Locale): Promise<(id: ConsoleText, values?: Values) => string> {
	const messages = await Promise.all(spoken.map((load) => load(locale)));
	const other = setupI18n({ locale, messages: { [locale]: Object.assign({}, ...messages) as Messages } });
	return (id, values) => other._(id, values);
}

/** Returns say, which speaks the console's words, explain, which tells of an error, and reason, which tells what is wrong with a field. */
export function useTexts() {
	const { i18n } = useLingui();
	return {
		say: useCallback((id: ConsoleText, values?: Values) => i18n._(id, values), [i18n]),
		explain: useCallback((error: unknown) => sentence(i18n, error), [i18n]),
		reason: useCallback((problem: ProblemBody) => reasonOf(i18n, problem), [i18n]),
	};
}
