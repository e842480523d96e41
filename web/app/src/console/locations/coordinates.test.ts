import { expect, test } from "vitest";
import { degrees, pasted, placeOf, rounded, typedOf } from "./coordinates.ts";

test.each([["60.1699", "60.1699"], ["60,1699", "60.1699"], [" -33.5 ", "-33.5"], ["+33.5", "33.5"], ["\u221233,5", "-33.5"], ["90", "90"], ["-90", "-90"], ["0", "0"], ["60.169876543", "60.1698765"]])("%j are degrees north", (text, want) => {
	expect(degrees("latitude", text)).toBe(want);
});

test.each(["", "north", "90.1", "-91", "60.1.2", "1e1", "Infinity", "60°"])("%j are none", (text) => expect(degrees("latitude", text)).toBeUndefined());

test("east goes further", () => {
	expect(degrees("longitude", "179.9")).toBe("179.9");
	expect(degrees("longitude", "180.1")).toBeUndefined();
});

test("two empty fields are no place, one is a mistake", () => {
	expect(placeOf({ latitude: "", longitude: " " })).toBeNull();
	expect(placeOf({ latitude: "60", longitude: "" })).toBeUndefined();
	expect(placeOf({ latitude: "0", longitude: "0" })).toEqual({ latitude: "0", longitude: "0" });
});

test("what is stored comes back as it was", () => {
	const place = { latitude: "60.1698765", longitude: "-24.9384" };
	expect(placeOf(typedOf(place))).toEqual(place);
	expect(placeOf(typedOf(undefined))).toBeNull();
});

test("a device is not more exact than a branch", () => expect(rounded({ latitude: 60.169876543, longitude: 24.9 })).toEqual({ latitude: "60.16988", longitude: "24.9" }));

test.each([
	["60.16988, 24.93841", "60.16988", "24.93841"],
	["60.16988,24.93841", "60.16988", "24.93841"],
	["60,16988; 24,93841", "60,16988", "24,93841"],
	["-33.5, 151", "-33.5", "151"],
])("%j is pasted into both fields", (text, latitude, longitude) => expect(pasted(text)).toEqual({ latitude, longitude }));

test.each(["60,5", "60.16988", "", "a, b", "100, 24", "1, 2, 3"])("%j is one field's", (text) => expect(pasted(text)).toBeUndefined());
