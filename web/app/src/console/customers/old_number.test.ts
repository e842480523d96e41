import { expect, test } from "vitest";
import { readsAsOldNumber } from "./old_number.ts";

test.each([
	["6400001234565", true], [" 6400 0012-3456 5 ", true], ["kx-00417", true], ["12345", false], ["PLASTIC", false],
	["64000012345é", false], ["+358401234567", false], ["1".repeat(33), false], ["", false],
])("%j can be an old number: %s", (typed, is) => expect(readsAsOldNumber(typed)).toBe(is));
