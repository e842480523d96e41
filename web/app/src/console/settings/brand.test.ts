import { expect, test } from "vitest";
import { cleaned, isAddress, saidIn } from "./brand.ts";

const texts = {
	fi: { welcome: "Hei", card_title: "Kortti", terms: "Ehdot", terms_url: "https://example.org/ehdot", privacy_url: "https://example.org/tietosuoja" },
	sv: { welcome: "Hej", terms_url: "https://example.org/villkor" },
};

test.each([
	["fi", texts.fi],
	["sv", { welcome: "Hej", card_title: "Kortti", terms_url: "https://example.org/villkor", privacy_url: "https://example.org/tietosuoja" }],
	["de", texts.fi],
] as const)("who reads %s reads the shop's own words where there are no others", (locale, want) => expect(saidIn(texts, locale, "fi")).toEqual(want));

test("what is empty is not sent", () => {
	expect(cleaned({ fi: { welcome: " Hei ", terms: " " }, en: { card_title: "" } })).toEqual({ fi: { welcome: "Hei" } });
});

test.each(["https://example.org", "https://example.org/a?b#c"])("%s is an address", (text) => expect(isAddress(text)).toBe(true));
test.each(["", "example.org", "http://example.org", "javascript:alert(1)", "https://a@example.org", "https://example.org/a b"])("%j is none", (text) => expect(isAddress(text)).toBe(false));
