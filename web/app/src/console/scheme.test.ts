import { expect, test } from "vitest";
import tokens from "../theme/tokens.css?raw";
import scheme from "./scheme.css?raw";

const properties = (css: string) => [...css.matchAll(/--[a-z-]+: [^;]+;/g)].map((m) => m[0]).filter((p) => !/^--(serif|sans|mono)/.test(p));

test("a chosen scheme has the colours that the browser's would have", () => {
	expect(properties(scheme)).toEqual(properties(tokens));
	expect(properties(scheme).length).toBeGreaterThan(30);
});
