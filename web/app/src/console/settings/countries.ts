const A = "A".charCodeAt(0);
const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(A + i));

/** Codes that name no country: unions, user-assigned ones and what is no place. */
const NONE = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]);

/** Returns the countries that the browser can name, by name in a language, with the one that is chosen. */
export function countries(locale: string, chosen: string): { value: string; label: string }[] {
	const names = new Intl.DisplayNames(locale, { type: "region", fallback: "none" });
	const all = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => !NONE.has(code) && new Intl.Locale("und", { region: code }).maximize().region === code);
	const named = all.map((code) => ({ value: code, label: names.of(code) ?? "" })).filter((c) => c.label !== "");
	if (!named.some((c) => c.value === chosen)) {
		named.push({ value: chosen, label: chosen });
	}
	return named.sort((a, b) => a.label.localeCompare(b.label, locale));
}
