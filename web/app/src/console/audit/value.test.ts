import { i18n } from "@lingui/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeTimesIn } from "../../locale/locale.ts";
import { fieldText, valueText } from "./value.ts";

const names: Record<string, string> = { loc_01k3sa0z2efcrstmhzda61w2tc: "Market Square" };
const valued = (field: string, value: string) => valueText(field, value, (id) => id, (id) => names[id]);

beforeEach(() => {
	i18n.loadAndActivate({ locale: "fi", messages: {} });
	writeTimesIn("Europe/Helsinki");
});
afterEach(() => writeTimesIn(undefined));

test.each([
	["location_id", "loc_01k3sa0z2efcrstmhzda61w2tc", "Market Square"],
	["merged", "cust_01k3sa0z2efcrstmhzda61w2tt", "…61w2tt"],
	["active", "true", "audit.yes"],
	["dry_run", "false", "audit.no"],
	["role", "manager", "role.manager"],
	["role", "astronaut", "astronaut"],
	["front", "next holder", "design.field_next, design.field_holder"],
	["starts_at", "2026-02-28T22:00:00Z", "1.3.2026"],
	["ends_at", "2026-03-31T21:00:00Z", "31.3.2026"], // the first instant beyond
	["from", "2026-03-01", "1.3.2026"],
	["locale", "sv", "Svenska"],
	["goal", "12", "12"],
	["name", '{"en":"Stamp card","fi":"Leimakortti"}', "Leimakortti"],
	["name", '{"de":"Stempelkarte","et":"Templikaart"}', "Stempelkarte"],
	["rewards", 'main 0 P30D {"en":"Coffee","fi":"Kahvi"}\nmilestone 5  {"fi":"Näyte"}', "Kahvi, 5: Näyte"],
	["brand.texts", '{"fi":{"welcome":"Tervetuloa!","card_title":"Etukortti"},"en":{"welcome":"Welcome!"}}', "Tervetuloa! · Etukortti"],
	["text", '{"en":"Send me off…', '{"en":"Send me off…'], // cut off in the log
	["artwork.stamp", "6f1c2a", "design.artwork_there"],
	["file_name", "receipts.csv", "receipts.csv"],
])("%s: %s is %s", (field, value, want) => expect(valued(field, value)).toBe(want));

test("a field is called what the console calls it, or by its name", () => {
	expect(fieldText("location_id", (id) => id)).toBe("staff.location");
	expect(fieldText("idempotency_key", (id) => id)).toBeUndefined();
});
