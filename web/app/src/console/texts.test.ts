// The words are in two catalogs, of the first screen and of all other rooms. What holds
// for each catalog is tested in ../locale/catalogs.test.ts.

import { expect, test } from "vitest";
import rooms from "./rooms/texts/en.json";
import first from "./texts/en.json";

const sources = import.meta.glob<string>(["./{root,routes,main}.ts{,x}", "./{home,shell}/*.ts{,x}", "!./**/*.test.ts", "!./shell/palette.tsx"], { eager: true, query: "?raw", import: "default" });

test("no word is in both", () => {
	expect(Object.keys(first).filter((key) => key in rooms)).toEqual([]);
});

test("the first screen needs no words of the rooms", () => {
	expect(Object.keys(sources).length).toBeGreaterThan(10);
	const wrong = Object.entries(sources).flatMap(([file, source]) => Object.keys(rooms).filter((key) => source.includes(`"${key}"`)).map((key) => `${file}: ${key}`));
	expect(wrong).toEqual([]);
});
