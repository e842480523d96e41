import { expect, test } from "vitest";
import { countries } from "./countries.ts";

test.each([["fi", "FI", "Suomi"], ["de", "CH", "Schweiz"], ["pl", "PL", "Polska"], ["ru", "RU", "Россия"]])("in %s, %s is called %s", (locale, code, name) => {
	expect(countries(locale, "FI").find((c) => c.value === code)?.label).toBe(name);
});

test("there are as many as there are countries, roughly, and none is two", () => {
	const all = countries("en", "FI");
	expect(all.length).toBeGreaterThan(190);
	expect(all.length).toBeLessThan(270);
	expect(new Set(all.map((c) => c.value)).size).toBe(all.length);
	expect(all.some((c) => c.value === "ZZ" || c.value === "EU")).toBe(false);
});

test("a code that nobody knows stays chosen", () => expect(countries("en", "QQ").some((c) => c.value === "QQ")).toBe(true));
