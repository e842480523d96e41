import { describe, expect, test } from "vitest";
import { LOCALES } from "./locale.ts";

type Catalog = Record<string, string>;

const files = import.meta.glob<Catalog>(["../*/texts/*.json", "../*/*/texts/*.json"], { eager: true, import: "default" });
const sources = import.meta.glob<string>(["../{till,console,problem}/**/*.{ts,tsx}", "!../**/*.test.ts"], { eager: true, query: "?raw", import: "default" });

/** The forms that a language has for numbers, as the browser knows them. */
const forms = (locale: string) => new Set(new Intl.PluralRules(locale).resolvedOptions().pluralCategories);

/** The names in braces: {name}, the counted one of a plural, and those in its forms. */
function placeholders(text: string): string[] {
	return [...new Set([...text.matchAll(/(?<!(?:zero|one|two|few|many|other) )\{(\w+)[,}]/g)].map((m) => m[1] ?? ""))].sort();
}

/** Keys that a source makes, such as those of `role.${role}_text`. */
const made = (source: string) => [...source.matchAll(/`([a-z]+\.[a-z_]*)\$\{[^}]*\}([a-z_]*)`/g)].map((m) => new RegExp(`^${m[1] ?? ""}\\w+${m[2] ?? ""}$`));

describe.each(["problem", "till", "till/settings", "console", "console/rooms"])("the words of %s", (part) => {
	const english = files[`../${part}/texts/en.json`] ?? {};

	test.each(LOCALES)("%s says the same things with the same placeholders", (locale) => {
		const catalog = files[`../${part}/texts/${locale}.json`] ?? {};
		expect(Object.keys(catalog).sort()).toEqual(Object.keys(english).sort());
		for (const [key, text] of Object.entries(catalog)) {
			expect(placeholders(text), key).toEqual(placeholders(english[key] ?? ""));
			expect(text.trim(), key).not.toBe("");
			const counted = /\{(\w+), plural, ([^]*)\}/.exec(text)?.[2];
			if (counted) {
				const has = [...counted.matchAll(/(zero|one|two|few|many|other) \{/g)].map((m) => m[1]);
				expect([...forms(locale)].filter((form) => !has.includes(form) && !(form === "many" && locale === "fr")), `${key} has no`).toEqual([]);
			}
		}
	});

	test("everything is said somewhere", () => {
		const said = Object.entries(sources).filter(([name]) => name.startsWith(`../${part.split("/")[0] ?? ""}/`)).map(([, text]) => text).join("\n");
		const patterns = made(said);
		expect(Object.keys(english).filter((key) => !said.includes(`"${key}"`) && !patterns.some((p) => p.test(key)))).toEqual([]);
	});
});
