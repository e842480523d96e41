// What an organization says to its customers, as its form holds it.

import type { Schema } from "../../api/client.ts";
import { LOCALES, type Locale } from "../../locale/locale.ts";

export type BrandText = Schema["BrandText"];
export type BrandTexts = { readonly [L in Locale]?: BrandText };

export const PARTS = ["welcome", "card_title", "terms", "terms_url", "privacy_url"] as const;
export type Part = (typeof PARTS)[number];

/** The most characters of each; the server counts bytes. */
export const MAX_CHARACTERS: Record<Part, number> = { welcome: 300, card_title: 100, terms: 8000, terms_url: 500, privacy_url: 500 };

/** Returns what a customer reads in a language, as organization.Brand.Text does. */
export function saidIn(texts: BrandTexts, locale: Locale, own: Locale): BrandText {
	const [mine, other] = [texts[locale] ?? {}, texts[own] ?? {}];
	const terms = mine.terms || mine.terms_url ? mine : other;
	return filled({ welcome: mine.welcome || other.welcome, card_title: mine.card_title || other.card_title, terms: terms.terms, terms_url: terms.terms_url, privacy_url: mine.privacy_url || other.privacy_url });
}

/** The parts that are addresses of pages. */
export const ADDRESSES = ["terms_url", "privacy_url"] as const satisfies readonly Part[];

/** Whether what is typed as the addresses of a language can be such. */
export const isAddressed = (text: BrandText) => ADDRESSES.every((p) => !text[p]?.trim() || isAddress(text[p].trim()));

/** Leaves out the parts that are empty. */
function filled(text: { [P in Part]?: string | undefined }): BrandText {
	const out: BrandText = {};
	for (const part of PARTS) {
		const said = text[part]?.trim();
		if (said) {
			out[part] = said;
		}
	}
	return out;
}

/** Leaves out what is empty, and languages in which nothing is said. */
export function cleaned(texts: BrandTexts): BrandTexts {
	const out: { [L in Locale]?: BrandText } = {};
	for (const locale of LOCALES) {
		const text = filled(texts[locale] ?? {});
		if (Object.keys(text).length > 0) {
			out[locale] = text;
		}
	}
	return out;
}

/** Whether a text can be the address of a page. */
export function isAddress(text: string): boolean {
	try {
		const { protocol, hostname, username } = new URL(text);
		return protocol === "https:" && hostname !== "" && username === "" && !/\s/.test(text);
	} catch {
		return false;
	}
}
