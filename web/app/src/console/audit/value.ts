// What the audit log keeps of a change, in the words of whoever reads it. The log itself
// keeps the names and values of the API.

import { LANGUAGES, lastDay, words } from "../../locale/locale.ts";
import { calendarDay, day } from "../format.ts";
import type { ConsoleText } from "../texts.ts";

type Say = (id: ConsoleText) => string;
/** Returns what a thing is called, by its id, if that is known. */
export type NameOf = (id: string) => string | undefined;

/** What the console calls the fields of the API. Those that it never shows elsewhere keep their name. */
const FIELDS: Partial<Record<string, ConsoleText>> = {
	name: "settings.name", country: "settings.country", locale: "settings.locale", zone: "settings.zone", "brand.color": "settings.color",
	"brand.text_color": "settings.text_color", "brand.accent_color": "settings.accent_color", "brand.texts": "settings.texts",
	address: "locations.address", external_ref: "locations.external_ref", coordinates: "locations.place", location_id: "staff.location",
	email: "staff.email", role: "staff.role", active: "audit.active", first_name: "customers.first_name", last_name: "customers.last_name",
	phone: "customers.phone", old_number: "imports.field_old_number", merged: "audit.merged", scopes: "keys.scopes", channel: "settings.channel",
	text: "settings.consent_words", status: "programs.status", goal: "programs.goal", welcome_stamps: "programs.welcome_stamps",
	"limits.max_per_scan": "programs.max_per_scan", "limits.max_per_card_day": "programs.max_per_card_day",
	"limits.cool_down_seconds": "programs.cool_down_seconds", "limits.max_per_staff_day": "programs.max_per_staff_day",
	rewards: "programs.rewards", starts_at: "programs.first_day", ends_at: "programs.last_day", from: "programs.first_day", to: "programs.last_day",
	"colors.background": "design.background", "colors.foreground": "design.foreground", "colors.label": "design.label", "colors.ink": "design.ink",
	icon: "design.icon", rows: "design.rows", barcode: "design.barcode", front: "design.front", artwork: "design.artwork",
	"artwork.stamp": "design.artwork_stamp", "artwork.empty": "design.artwork_empty", "artwork.backdrop": "design.artwork_backdrop",
	file_name: "imports.file", program_id: "imports.program", dry_run: "imports.stage_try", till_id: "audit.by_till", quantity: "imports.count_stamps",
};

/** What the console calls the values of fields that have a list of them. */
const VALUES: Partial<Record<string, Partial<Record<string, ConsoleText>>>> = {
	role: { owner: "role.owner", manager: "role.manager", marketer: "role.marketer", cashier: "role.cashier", integration: "role.integration" },
	status: {
		draft: "programs.status_draft", active: "programs.status_active", ended: "programs.status_ended",
		open: "reviews.status_open", entered: "reviews.status_entered", dismissed: "reviews.status_dismissed",
	},
	icon: {
		tick: "design.icon_tick", star: "design.icon_star", heart: "design.icon_heart", cross: "design.icon_cross", leaf: "design.icon_leaf",
		drop: "design.icon_drop", cup: "design.icon_cup", paw: "design.icon_paw", smile: "design.icon_smile", gift: "design.icon_gift",
	},
	front: { next: "design.field_next", rewards: "design.field_rewards", holder: "design.field_holder", number: "design.field_number" },
};

const ID = /^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The end of something that nobody reads, by which two of them are told apart. */
const tail = (value: string) => `…${value.slice(-6)}`;

/** Returns what the console calls a field, undefined for one that it does not show elsewhere. */
export function fieldText(field: string, say: Say): string | undefined {
	const id = FIELDS[field];
	return id && say(id);
}

/** Returns a value in words. What has none, and what was cut off in the log, stays as it is. */
export function valueText(field: string, value: string, say: Say, nameOf: NameOf): string {
	const listed = VALUES[field];
	if (listed) {
		return value.split(" ").map((v) => { const id = listed[v]; return id ? say(id) : v; }).join(", ");
	}
	if (value === "true" || value === "false") {
		return say(value === "true" ? "audit.yes" : "audit.no");
	}
	if (ID.test(value)) {
		return nameOf(value) ?? tail(value);
	}
	if (INSTANT.test(value)) {
		return field === "ends_at" ? lastDay(value) : day(value);
	}
	if (DAY.test(value)) {
		return calendarDay(value);
	}
	if (field === "locale") {
		return (LANGUAGES as Partial<Record<string, string>>)[value] ?? value;
	}
	if (field.startsWith("artwork") && value !== "") {
		return say("design.artwork_there");
	}
	if (field === "idempotency_key") {
		return tail(value);
	}
	return value.split("\n").map(spoken).join(", ");
}

/**
 * Returns the app's words of a line that ends with words in several languages as JSON; of a
 * reward on the way, with its stamp. Several texts in one language stand in an object there.
 */
function spoken(line: string): string {
	const begin = line.indexOf("{");
	if (begin < 0) {
		return line;
	}
	try {
		const texts = JSON.parse(line.slice(begin), (key, v: unknown) => (key !== "" && typeof v === "object" && v !== null ? Object.values(v).join(" · ") : v)) as Record<string, string>;
		const stamp = /^\w+ ([1-9]\d*) /.exec(line)?.[1];
		return (stamp ? `${stamp}: ` : "") + (words(texts) || line);
	} catch {
		return line; // cut off
	}
}
