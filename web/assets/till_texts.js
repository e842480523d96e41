// @ts-check
// The sentences of the till's script, in the language of the page. They come with
// the page; what stands here is how numbers and names get into them.

/** @typedef {Record<string, Record<string, string>>} Texts by key and plural form */

const till = document.getElementById("till");
/** @type {Texts} */
const texts = JSON.parse(till?.dataset.texts ?? "{}");
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const digits = new Intl.NumberFormat(language);

/**
 * Fills the placeholders of a text.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function fill(text, values) {
	return text.replace(/\{\{\.(\w+)\}\}/g, (_, name) => {
		const value = values[name];
		return typeof value === "number" ? digits.format(value) : value ?? "";
	});
}

/**
 * Says the text of a key.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
	return fill(texts[key]?.other ?? `[${key}]`, values);
}

/**
 * Says the text of a key in the plural form for a number.
 * @param {string} key
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 */
export function count(key, count, values = {}) {
	const forms = texts[key] ?? {};
	return fill(forms[plural.select(count)] ?? forms.other ?? `[${key}]`, { ...values, count });
}

/**
 * Picks the words for the page's language from a text in several.
 * @param {Record<string, string> | undefined} text
 */
export function words(text) {
	return text?.[language] ?? text?.en ?? Object.values(text ?? {})[0] ?? "";
}

/**
 * Writes the last day on which something that ends at an instant is good.
 * @param {string} end RFC 3339, exclusive
 */
export function lastDay(end) {
	return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "medium" }).format(new Date(Date.parse(end) - 1));
}
