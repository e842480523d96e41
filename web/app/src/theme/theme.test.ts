import { describe, expect, test } from "vitest";
import { ink, theme } from "./mantine.ts";
import css from "./tokens.css?raw";

/** The contrast ratio of WCAG 2.2 between two colours written as #rrggbb. */
function contrast(a: string, b: string): number {
	const luminance = (color: string) => {
		const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
			const v = parseInt(color.slice(i, i + 2), 16) / 255;
			return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
	return (high + 0.05) / (low + 0.05);
}

const [light = "", dark = ""] = css.split("@media");
const tokens = (block: string) => Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));

describe.each([["light", tokens(light)], ["dark", tokens(dark)]])("colours of the %s scheme", (_, c) => {
	test.each([
		["ink", "page"], ["ink", "paper"], ["muted", "page"], ["muted", "paper"], ["ink-brand", "page"], ["ink-brand", "paper"],
		["ink-brand", "tint-brand"], ["on-brand", "brand"], ["good", "paper"], ["bad", "paper"], ["warn", "paper"],
		["good", "good-tint"], ["bad", "bad-tint"], ["warn", "warn-tint"], ["ink", "good-tint"], ["ink", "bad-tint"], ["ink", "warn-tint"],
		["paper", "good"],
	])("%s can be read on %s", (text, surface) => {
		expect(contrast(c[text] ?? "", c[surface] ?? "")).toBeGreaterThanOrEqual(4.5);
	});

	test.each([["line", "page"], ["line", "paper"]])("the border %s is seen on %s", (line, surface) => {
		expect(contrast(c[line] ?? "", c[surface] ?? "")).toBeGreaterThanOrEqual(3);
	});
});

test("Mantine's filled buttons can be read", () => {
	const shades = theme.primaryShade as { light: number; dark: number };
	for (const shade of [shades.light, shades.dark]) {
		expect(contrast(ink[shade] ?? "", "#ffffff")).toBeGreaterThanOrEqual(4.5);
	}
});
