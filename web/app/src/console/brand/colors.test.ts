import fc from "fast-check";
import { expect, test } from "vitest";
import { brandColors, contrast, darkPaper, hex, parseColor, paper, type Rgb } from "./colors.ts";

test.each([
	["#0b6e4f", "#ffffff", "#0b6e4f", "#dfe6dc", false],
	["#ffd400", "#161a1d", "#806a00", "#f7f0d4", true],
	["#1f4e79", "#ffffff", "#1f4e79", "#e1e3e1", false],
])("%s is written on with %s and stands on paper as %s", (color, onBrand, inkBrand, tintBrand, darkened) => {
	expect(brandColors(color)).toMatchObject({ onBrand, inkBrand, tintBrand, darkened });
});

test.each(["", "red", "#12345", "#1234567", "123456", "#gggggg"])("%j is no colour", (text) => expect(brandColors(text)).toBeUndefined());

// web/brand.go says the same of this colour.
test("on a dark screen the colour is toned down", () => expect(brandColors("#0b6e4f", "dark")).toMatchObject({ brand: "#135e49", onBrand: "#ffffff", tintBrand: "#273538" }));

test.each([["light", paper], ["dark", darkPaper]] as const)("on a %s screen, whatever the colour, everything can be read", (scheme, ground) => {
	const channel = fc.integer({ min: 0, max: 255 });
	fc.assert(fc.property(channel, channel, channel, (r, g, b) => {
		const c = brandColors(hex([r, g, b]), scheme);
		const rgb = (text: string): Rgb => parseColor(text) ?? [0, 0, 0];
		expect(c).toBeDefined();
		if (c) {
			expect(contrast(rgb(c.brand), rgb(c.onBrand))).toBeGreaterThanOrEqual(4.5);
			expect(contrast(rgb(c.inkBrand), ground)).toBeGreaterThanOrEqual(4.5);
			expect(contrast(rgb(c.inkBrand), rgb(c.tintBrand))).toBeGreaterThanOrEqual(4.5);
		}
	}));
});

test("what was chosen for texts is there where it can be read", () => {
	expect(brandColors("#0b6e4f", "light", { text: "#fee715", accent: "#0b6e50" })).toMatchObject({ onBrand: "#fee715", accentBrand: "#fee715" });
	expect(brandColors("#0b6e4f", "light", { text: "", accent: "#fee715" })).toMatchObject({ onBrand: "#ffffff", accentBrand: "#fee715" });
});
