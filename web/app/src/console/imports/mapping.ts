// The mapping of a CSV file as the form holds it, guesses at it from the file, and the
// YAML that the server reads; deploy/maps/README.md explains its keys.

import type { Head } from "./head.ts";

export const FIELDS = ["customer", "old_number", "receipt", "at", "location", "amount", "product", "legal_class"] as const;
export type Field = (typeof FIELDS)[number];
/** Without these nothing can be read. The number of an old card says who it is, too. */
export const needed = (columns: Record<Field, string>): Field[] => columns.old_number ? ["receipt", "at"] : ["customer", "receipt", "at"];

export const LEGAL = ["prescription", "otc", "other"] as const;
export type Legal = (typeof LEGAL)[number];

export interface Mapping {
	delimiter: string;
	decimal: "." | ",";
	/** The column of each field, "" for none. */
	columns: Record<Field, string>;
	layout: string;
	zone: string;
	currency: string;
	/** What the codes in the legal class column mean. */
	classes: Record<string, Legal>;
	/** Somebody declared that no line of the file can be a medicine. */
	noMedicines: boolean;
	stamps: number;
	/** The least total that earns, such as 10.00, "" for none. */
	minimum: string;
	/** Lines without a customer are left out, instead of being errors. */
	skipAnonymous: boolean;
}

/** Ways in which a time is written: how the mapping calls them, and what they look like. */
export const LAYOUTS: readonly (readonly [layout: string, like: RegExp])[] = [
	["rfc3339", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/],
	["2006-01-02 15:04:05", /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/],
	["2006-01-02 15:04", /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/],
	["2006-01-02T15:04:05", /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/],
	["2006-01-02", /^\d{4}-\d{2}-\d{2}$/],
	["02.01.2006 15:04:05", /^\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}:\d{2}$/],
	["02.01.2006 15:04", /^\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}$/],
	["2.1.2006 15:04", /^\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}$/],
	["02.01.2006", /^\d{2}\.\d{2}\.\d{4}$/],
	["02/01/2006 15:04", /^\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}$/],
	["unix_ms", /^\d{13}$/],
	["unix", /^\d{10}$/],
];

/** Beginnings of what columns are called in the seven languages, in lower case. */
const HINTS: Record<Field, readonly string[]> = {
	customer: ["customer", "client", "household", "asiakas", "kund", "klient", "kunde", "клиент", "покупатель"],
	old_number: ["old card", "old number", "plastic", "vanha kortti", "vanhan kortin", "muovikort", "gammalt kort", "plastkort", "stara karta", "starej karty", "ancienne carte", "alte karte", "plastikkarte", "старая карта", "пластиков"],
	receipt: ["receipt", "basket", "ticket", "kuitti", "kvitto", "paragon", "reçu", "bon", "beleg", "чек"],
	at: ["time", "date", "transaction_t", "aika", "päivä", "tid", "datum", "data", "czas", "heure", "zeit", "время", "дата"],
	location: ["store", "location", "branch", "shop", "myymälä", "toimipiste", "butik", "sklep", "magasin", "filiale", "магазин"],
	amount: ["amount", "sum", "total", "sales_value", "price", "summa", "hinta", "belopp", "kwota", "wartość", "montant", "betrag", "сумма"],
	product: ["product", "item", "tuote", "vara", "produkt", "produit", "artikel", "товар"],
	legal_class: ["legal", "class", "luokka", "klass", "klasa", "classe", "klasse", "класс"],
};

const columnFor = (field: Field, columns: readonly string[]) =>
	columns.find((c) => HINTS[field].some((h) => c.toLowerCase().replace(/^(id|nr)[ _.]/, "").startsWith(h))) ?? "";

/** Returns the values of a column in the first lines. */
export function samples(head: Head, column: string): string[] {
	const i = head.columns.indexOf(column);
	return i < 0 ? [] : head.rows.map((r) => (r[i] ?? "").trim()).filter(Boolean);
}

export function layoutOf(values: readonly string[]): string {
	return LAYOUTS.find(([, like]) => values.length > 0 && values.every((v) => like.test(v)))?.[0] ?? "";
}

/** Fills the form in as far as the file tells; what medicines it has, only people can say. */
export function guess(head: Head, zone: string): Mapping {
	const columns = Object.fromEntries(FIELDS.map((f) => [f, columnFor(f, head.columns)])) as Record<Field, string>;
	const decimal = samples(head, columns.amount).some((v) => /,\d{1,2}$/.test(v)) ? "," : ".";
	return {
		delimiter: head.delimiter, decimal, columns, layout: layoutOf(samples(head, columns.at)), zone, currency: "EUR",
		classes: Object.fromEntries([...new Set(samples(head, columns.legal_class))].map((code) => [code, "prescription" as const])),
		noMedicines: false, stamps: 1, minimum: "", skipAnonymous: true,
	};
}

/** What keeps a mapping from being used. */
export type Lack = Field | "layout" | "zone" | "stamps" | "minimum" | "currency" | "medicines";

/** Returns all that is missing or wrong. */
export function lacks(m: Mapping): Lack[] {
	const all: Lack[] = needed(m.columns).filter((f) => m.columns[f] === "");
	const when = (bad: boolean, lack: Lack) => { if (bad) { all.push(lack); } };
	when(m.layout.trim() === "", "layout");
	when(m.zone.trim() === "", "zone");
	when(!Number.isInteger(m.stamps) || m.stamps < 1 || m.stamps > 100, "stamps");
	when(m.minimum !== "" && !/^\d{1,9}(\.\d{1,2})?$/.test(m.minimum), "minimum");
	when(m.columns.amount !== "" && !/^[A-Z]{3}$/.test(m.currency), "currency");
	when(m.minimum !== "" && m.columns.amount === "", "amount");
	when(m.columns.legal_class === "" ? !m.noMedicines : Object.keys(m.classes).length === 0, "medicines");
	return all;
}

/** JSON strings are YAML strings. */
const quoted = (s: string) => JSON.stringify(s);

/** Writes the mapping file. */
export function yamlOf(m: Mapping): string {
	const c = m.columns;
	const lines = ["format: csv", `delimiter: ${m.delimiter === "\t" ? "tab" : quoted(m.delimiter)}`, `decimal: ${quoted(m.decimal)}`, "columns:"];
	for (const field of ["customer", "old_number"] as const) {
		if (c[field]) {
			lines.push(`  ${field}: ${quoted(c[field])}`);
		}
	}
	lines.push(`  receipt: ${quoted(c.receipt)}`);
	lines.push(`  at: {column: ${quoted(c.at)}, layouts: [${quoted(m.layout)}], zone: ${quoted(m.zone)}}`);
	for (const field of ["location", "product"] as const) {
		if (c[field]) {
			lines.push(`  ${field}: ${quoted(c[field])}`);
		}
	}
	if (c.amount) {
		lines.push(`  amount: {column: ${quoted(c.amount)}, currency: ${m.currency}}`);
	}
	lines.push("legal_class:");
	if (c.legal_class) {
		lines.push(`  column: ${quoted(c.legal_class)}`, "  values:", ...Object.entries(m.classes).map(([code, legal]) => `    ${quoted(code)}: ${legal}`));
	} else {
		lines.push("  assume: other");
	}
	lines.push("earn:", "  per: receipt", `  stamps: ${m.stamps}`);
	if (m.minimum) {
		lines.push(`  minimum_amount: ${quoted(m.minimum)}`);
	}
	lines.push("customers:", "  match: external", `  missing: ${m.skipAnonymous ? "skip" : "error"}`);
	return lines.join("\n") + "\n";
}

/** What a mapping for a file begins with whose columns cannot be shown here. */
export function templateFor(fileName: string, zone: string): string {
	const xml = /\.xml$/i.test(fileName);
	const at = (column: string) => `{column: ${quoted(column)}, layouts: [rfc3339], zone: ${quoted(zone)}}`;
	return (xml
		? ["format: xml", "record: /receipts/receipt/line", "columns:", '  customer: "../customer/@ref"', '  receipt: "../@number"', `  at: ${at("../@time")}`]
		: ["format: auto", "columns:", "  customer: customer", "  receipt: receipt", `  at: ${at("time")}`]
	).concat(["legal_class:", "  column: class", "  values: {Rx: prescription, OTC: otc, Other: other}", "earn: {per: receipt, stamps: 1}", "customers: {match: external, missing: skip}", ""]).join("\n");
}
