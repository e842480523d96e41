import { expect, test } from "vitest";
import { shortSerial } from "./serial.ts";

test.each([["pass_01kaqyk3m2e0zr2m4y9v4j0q5t", "…4j0q5t"], ["abc123", "abc123"], ["", ""]])("%j is shown as %j", (serial, shown) => {
	expect(shortSerial(serial)).toBe(shown);
});
