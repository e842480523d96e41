// How this browser shows the console: language, light or dark.

import { i18n } from "@lingui/core";
import { useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { currentLocale, keepLocale, LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import { speakConsole, useTexts } from "../texts.ts";

export const SCHEMES = ["auto", "light", "dark"] as const;

/** Speaks another language from now on, in this browser. */
export async function chooseLanguage(locale: Locale): Promise<void> {
	keepLocale(locale);
	if (i18n.locale !== locale) {
		await speakConsole(locale);
	}
}

export function Preferences() {
	const { say } = useTexts();
	const { colorScheme, setColorScheme } = useMantineColorScheme();
	return (
		<div className="preferences">
			<label>
				<span className="unseen">{say("app.language")}</span>
				<select value={currentLocale()} onChange={(e) => void chooseLanguage(e.currentTarget.value as Locale)}>
					{LOCALES.map((l) => <option key={l} value={l} lang={l}>{LANGUAGES[l]}</option>)}
				</select>
			</label>
			<label>
				<span className="unseen">{say("app.scheme")}</span>
				<select value={colorScheme} onChange={(e) => setColorScheme(e.currentTarget.value as MantineColorScheme)}>
					{SCHEMES.map((s) => <option key={s} value={s}>{say(`app.scheme_${s}`)}</option>)}
				</select>
			</label>
		</div>
	);
}
