// How the console writes numbers and days.

import { i18n } from "@lingui/core";
import { timesIn } from "../locale/locale.ts";

const tag = () => (i18n.locale === "en" ? "en-GB" : i18n.locale);

export const number = (n: number) => new Intl.NumberFormat(tag()).format(n);

/** A change with its sign, the minus as wide as the plus. */
export const change = (n: number) => new Intl.NumberFormat(tag(), { signDisplay: "exceptZero" }).format(n).replace("-", "−");

/** The day of an instant, where the organization is. It stays in one line. */
export const day = (at: string) => new Intl.DateTimeFormat(tag(), { dateStyle: "medium", timeZone: timesIn() }).format(Date.parse(at)).replaceAll(" ", "\u00a0");

const clock = (at: number, timeZone: string | undefined) => new Intl.DateTimeFormat(tag(), { dateStyle: "medium", timeStyle: "short", timeZone }).format(at);

/** The day and time of an instant, where the organization is. */
export const moment = (at: string) => clock(Date.parse(at), timesIn());

/** Whether the clocks here show another time than those of the organization. */
export const isElsewhere = (now = Date.now()) => clock(now, timesIn()) !== clock(now, undefined);

/** A moment that is mostly of these days: without the year if it is this one, and in one line. */
export const lately = (at: string, now = new Date()) => {
	const then = new Date(at);
	const yearOf = new Intl.DateTimeFormat("en", { year: "numeric", timeZone: timesIn() });
	const year = yearOf.format(then) === yearOf.format(now) ? {} : { year: "numeric" } as const;
	return new Intl.DateTimeFormat(tag(), { ...year, month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZone: timesIn() }).format(then).replaceAll(" ", "\u00a0");
};

/** A calendar day such as 2026-03-01, which has no zone. */
export const calendarDay = (iso: string, style: "short" | "full" = "full") =>
	new Intl.DateTimeFormat(tag(), { ...(style === "full" ? { dateStyle: "medium" } : { day: "numeric", month: "numeric" }), timeZone: "UTC" }).format(Date.parse(iso + "T00:00:00Z"));

export const bytes = (n: number) =>
	n < 1_000_000
		? new Intl.NumberFormat(tag(), { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 }).format(Math.ceil(n / 1000))
		: new Intl.NumberFormat(tag(), { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(n / 1_000_000);

/** Digits in threes, as people read numbers out: 123 456 7897. */
export const spaced = (digits: string) => digits.replace(/^(\d{3})(\d{3})(\d+)$/, "$1 $2 $3");

/** The first letter of a name, which stands where there is no logo. */
export const initial = (name: string) => Array.from(name.trim()).at(0)?.toUpperCase() ?? "?";
