import { expect, test } from "vitest";
import { passColors, placed, readability, settingOf, valuesOf, wrongColors, type DesignValues, type Field } from "./design.ts";

const standard: DesignValues = {
	colors: { background: "", foreground: "", label: "", ink: "" }, icon: "tick", rows: 0, barcode: "qr", front: ["next", "rewards", "holder"],
	artwork: { stamp: "", empty: "", backdrop: "" },
};
const colored = (colors: Partial<DesignValues["colors"]>): DesignValues => ({ ...standard, colors: { ...standard.colors, ...colors } });

test("what is stored comes back as it was", () => {
	const setting = { colors: { background: "#0b6e4f" }, icon: "heart", rows: 2, barcode: "aztec", front: ["number", "next"], artwork: { empty: "0123456789abcdef" } } as const;
	expect(settingOf(valuesOf({ ...setting, front: [...setting.front], program_id: "prog_1", version: 3 }))).toEqual(setting);
});

test("what is no colour yet is told, and not sent", () => {
	const typing = colored({ foreground: "#fff", label: " #ABCDEF " });
	expect(wrongColors(typing)).toEqual(["foreground"]);
	expect(settingOf(typing).colors).toEqual({ label: "#abcdef" });
});

// pass/design_test.go has the same colours.
test.each([
	["the brand's alone", {}, { color: "#0b6e4f" }, ["#0b6e4f", "#ffffff", "#ffffff", "#ffffff"]],
	["three of the brand's", {}, { color: "#0b6e4f", text_color: "#fefefe", accent_color: "#ffd400" }, ["#0b6e4f", "#fefefe", "#ffd400", "#fefefe"]],
	["on another background, the brand's are not used", { background: "#ffffff" }, { color: "#0b6e4f", text_color: "#fefefe", accent_color: "#ffd400" }, ["#ffffff", "#101010", "#101010", "#101010"]],
	["all chosen", { background: "#101820", foreground: "#fee715", label: "#aabbcc", ink: "#00ff00" }, { color: "#0b6e4f" }, ["#101820", "#fee715", "#aabbcc", "#00ff00"]],
])("%s", (_, colors, brand, [background, foreground, label, ink]) => expect(passColors(colored(colors), brand)).toEqual({ background, foreground, label, ink }));

test.each([
	["#ffffff", "foreground", "#767676", true],
	["#ffffff", "label", "#777777", false],
	["#ffffff", "ink", "#949494", true],
	["#ffffff", "ink", "#969696", false],
] as const)("on %s the %s %s is enough: %s", (background, name, color, enough) => {
	expect(readability(passColors(colored({ background, [name]: color }), { color: "#0b6e4f" }), name).enough).toBe(enough);
});

test.each<[string, Field[], number, Field | "", Field[]]>([
	["replaces", ["next", "rewards", "holder"], 1, "number", ["next", "number", "holder"]],
	["stands already and is put at the end", ["next", "holder"], 2, "next", ["holder", "next"]],
	["is put at the end", ["next"], 1, "holder", ["next", "holder"]],
	["moves up", ["next", "rewards", "holder"], 0, "holder", ["holder", "rewards", "next"]],
	["moves down", ["next", "rewards", "holder"], 2, "next", ["holder", "rewards", "next"]],
	["is taken away", ["next", "rewards"], 0, "", ["rewards"]],
	["stays", ["next", "rewards"], 1, "rewards", ["next", "rewards"]],
])("a field that %s stands once", (_, front, place, field, want) => expect(placed(front, place, field)).toEqual(want));
