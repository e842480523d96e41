// Which language an app speaks, and how numbers and days are written in it.

import { i18n, type Messages } from "@lingui/core";

export const LOCALES = ["en", "fi", "sv", "pl", "fr", "de", "ru"] as const;
export type Locale = (typeof LOCALES)[number];

/** What the languages call themselves. */
export const LANGUAGES: Record<Locale, string> = {
	en: "English", fi: "Suomi", sv: "Svenska", pl: "Polski", fr: "Français", de: "Deutsch", ru: "Русский",
};

/** Loads the words of a part of an app; one file for each locale. */
export type Catalog = (locale: Locale) => Promise<Messages>;

/** Returns the catalog of the files that import.meta.glob found as ./texts/LOCALE.json beside its caller. */
export const catalogOf = (files: Record<string, () => Promise<Messages>>): Catalog => (locale) => {
	const load = files[`./texts/${locale}.json`];
	if (!load) {
		throw new Error(`no texts in ${locale}`);
	}
	return load();
};

const KEPT_AS = "leima:locale";

function known(tag: string | null | undefined): Locale | undefined {
	const language = tag?.toLowerCase().split("-")[0];
	return LOCALES.find((l) => l === language);
}

/**
 * Chooses the language: what was chosen on this device, else the browser's, else the
 * organization's.
 */
export function chooseLocale(organizations?: string): Locale {
	const wished = new URLSearchParams(location.search).get("lang");
	let chosen: string | null = null;
	try {
		chosen = localStorage.getItem(KEPT_AS);
	} catch {
		// Storage is switched off.
	}
	for (const tag of [wished, chosen, ...navigator.languages, organizations]) {
		const locale = known(tag);
		if (locale) {
			return locale;
		}
	}
	return "en";
}

/** Remembers on this device that somebody chose a language. */
export function keepLocale(locale: Locale): void {
	try {
		localStorage.setItem(KEPT_AS, locale);
	} catch {
		// Then it lasts until the page is closed.
	}
}

/** Makes the app speak a language. */
export async function speak(locale: Locale, catalogs: Catalog[]): Promise<void> {
	const parts = await Promise.all(catalogs.map((load) => load(locale)));
	i18n.loadAndActivate({ locale, messages: Object.assign({}, ...parts) as Messages });
	document.documentElement.lang = locale;
}

export function currentLocale(): Locale {
	return known(i18n.locale) ?? "en";
}

/** Picks the words for the app's language from a name in several. */
export function words(text: Record<string, string | undefined> | undefined): string {
	return text?.[i18n.locale] ?? text?.["en"] ?? Object.values(text ?? {}).find((t) => t) ?? "";
}

/** The tag by which dates are written: plain "en" would be the American way. */
const formatTag = () => (i18n.locale === "en" ? "en-GB" : i18n.locale);

let zone: string | undefined;

/** Lets times be written as the shop's clocks show them, wherever this device is; its own zone counts for one that it does not know. */
export function writeTimesIn(name: string | undefined): void {
	try {
		zone = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
	} catch {
		zone = undefined;
	}
}

/** The zone in which times are written; undefined for that of this device. */
export const timesIn = () => zone;

export function time(at: number): string {
	return new Intl.DateTimeFormat(formatTag(), { timeStyle: "short", timeZone: zone }).format(at);
}

/** Writes the last day on which something that ends at an instant, exclusive, is good. */
export function lastDay(end: string): string {
	return new Intl.DateTimeFormat(formatTag(), { dateStyle: "medium", timeZone: zone }).format(Date.parse(end) - 1);
}
