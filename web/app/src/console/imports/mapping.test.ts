import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, headOf, parse } from "./head.ts";
import { guess, lacks, layoutOf, samples, yamlOf } from "./mapping.ts";

const till = `Aika;Kuitti;Asiakas;Myymälä;Summa;Luokka
03.04.2025 09:15;K-1001;A-77;Tori;4,90;V
03.04.2025 09:15;K-1001;A-77;Tori;12,00;R
`;

describe("looking into a file", () => {
	test("a Finnish till's export", () => {
		expect(headOf(till)).toEqual({
			delimiter: ";", columns: ["Aika", "Kuitti", "Asiakas", "Myymälä", "Summa", "Luokka"],
			rows: [["03.04.2025 09:15", "K-1001", "A-77", "Tori", "4,90", "V"], ["03.04.2025 09:15", "K-1001", "A-77", "Tori", "12,00", "R"]],
		});
	});
	test.each([
		["quotes, delimiters and line ends in a cell", 'a,b\n"x, ""y""\nz",2\n', [["a", "b"], ['x, "y"\nz', "2"]]],
		["line ends of Windows, none at the end", "a,b\r\n1,2", [["a", "b"], ["1", "2"]]],
		["empty cells", "a,,c\n,,\n", [["a", "", "c"], ["", "", ""]]],
	])("%s", (_, text, want) => expect(parse(text, ",", 10)).toEqual(want));
	test("what is written is read", () => {
		const cell = fc.string({ maxLength: 8 });
		const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 4 });
		fc.assert(fc.property(rows, (want) => {
			const text = want.map((r) => r.map((c) => `"${c.replaceAll('"', '""')}"`).join(";")).join("\n") + "\n";
			expect(parse(text, ";", 10)).toEqual(want);
		}));
	});
	test("one column is no table", () => expect(headOf("only\none\n")).toBeUndefined());
	test.each([
		["UTF-8", new TextEncoder().encode("Myymälä"), "Myymälä"],
		["windows-1252", new Uint8Array([0x4d, 0x79, 0x79, 0x6d, 0xe4, 0x6c, 0xe4]), "Myymälä"],
		["UTF-16 with a mark", new Uint8Array([0xff, 0xfe, 0xe4, 0x00]), "ä"],
		["UTF-8 that was cut in a letter", new TextEncoder().encode("Myymä").slice(0, -1), "Myym"],
	])("%s", (_, bytes, want) => expect(decode(bytes)).toBe(want));
});

describe("guessing", () => {
	const head = headOf(till);
	if (!head) {
		throw new Error("no head");
	}
	const m = guess(head, "Europe/Helsinki");
	test("columns by their names, the layout and the decimal sign by the values", () => {
		expect(m).toMatchObject({
			columns: { customer: "Asiakas", old_number: "", receipt: "Kuitti", at: "Aika", location: "Myymälä", amount: "Summa", product: "", legal_class: "Luokka" },
			layout: "02.01.2006 15:04", decimal: ",", delimiter: ";",
		});
		expect(samples(head, "Luokka")).toEqual(["V", "R"]);
	});
	test("a code that nobody has explained is a prescription", () => expect(m.classes).toEqual({ V: "prescription", R: "prescription" }));
	test("a file without a legal class is not used until somebody answers for it", () => {
		const without = { ...m, columns: { ...m.columns, legal_class: "" } };
		expect(lacks(without)).toEqual(["medicines"]);
		expect(lacks({ ...without, noMedicines: true })).toEqual([]);
	});
	test("the number of an old card says whose a line is, too", () => {
		const plastic = headOf("Aika;Kuitti;Muovikortti\n03.04.2025 09:15;K-1;6400001234565\n");
		const found = plastic && { ...guess(plastic, "Europe/Helsinki"), noMedicines: true };
		expect(found?.columns).toMatchObject({ customer: "", old_number: "Muovikortti" });
		expect(found && lacks(found)).toEqual([]);
		expect(found && lacks({ ...found, columns: { ...found.columns, old_number: "" } })).toEqual(["customer"]);
		expect(found && yamlOf(found)).toContain('columns:\n  old_number: "Muovikortti"\n  receipt: "Kuitti"\n');
	});
	test.each([
		[["2025-04-03T09:15:00Z", "2025-04-03T09:15:00+03:00"], "rfc3339"], [["03.04.2025 09:15"], "02.01.2006 15:04"], [["3.4.2025 9:15", "13.12.2025 19:15"], "2.1.2006 15:04"],
		[["1712131200000"], "unix_ms"], [["yesterday"], ""], [[], ""],
	])("%j is written as %j", (values, want) => expect(layoutOf(values)).toBe(want));
});

test("the mapping file", () => {
	const head = headOf(till);
	const m = head && { ...guess(head, "Europe/Helsinki"), classes: { R: "prescription", V: "other" } as const, minimum: "4.00" };
	expect(m && yamlOf(m)).toBe(`format: csv
delimiter: ";"
decimal: ","
columns:
  customer: "Asiakas"
  receipt: "Kuitti"
  at: {column: "Aika", layouts: ["02.01.2006 15:04"], zone: "Europe/Helsinki"}
  location: "Myymälä"
  amount: {column: "Summa", currency: EUR}
legal_class:
  column: "Luokka"
  values:
    "R": prescription
    "V": other
earn:
  per: receipt
  stamps: 1
  minimum_amount: "4.00"
customers:
  match: external
  missing: skip
`);
});
