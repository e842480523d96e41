import { expect, test } from "vitest";
import { modulesPath } from "../parts/modules.ts";
import { clock, spelled } from "./pairing.ts";

test.each([["leimala-7KQM-3XTB", ["leimala-", "7KQM-", "3XTB"]], ["the-corner-shop-7KQM-3XTB", ["the-corner-shop-", "7KQM-", "3XTB"]], ["odd", ["odd"]]])(
	"%s is read out as %j", (code, want) => expect(spelled(code)).toEqual(want));

test.each([[600_000, "10:00"], [599_001, "10:00"], [59_000, "0:59"], [1, "0:01"], [0, "0:00"], [-5_000, "0:00"]])("%d ms left is %s", (ms, want) => expect(clock(ms)).toBe(want));

test("a QR code is drawn in runs", () => {
	expect(modulesPath([[true, true, false, true], [false, false, false, false]])).toBe("M0 0h2v1h-2zM3 0h1v1h-1z");
});
