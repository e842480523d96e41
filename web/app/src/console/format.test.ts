import { i18n } from "@lingui/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lastDay, time, timesIn, writeTimesIn } from "../locale/locale.ts";
import { day, isElsewhere, lately, moment } from "./format.ts";

const newYear = "2026-12-31T23:30:00Z";

beforeEach(() => i18n.loadAndActivate({ locale: "en", messages: {} }));
afterEach(() => writeTimesIn(undefined));

test.each([
	["Europe/Helsinki", "1 Jan 2027, 01:30", "01:30"],
	["America/New_York", "31 Dec 2026, 18:30", "18:30"],
	["Asia/Kolkata", "1 Jan 2027, 05:00", "05:00"],
])("in %s an instant is %s", (zone, when, clock) => {
	writeTimesIn(zone);
	expect(moment(newYear)).toBe(when);
	expect(day(newYear).replaceAll("\u00a0", " ")).toBe(when.split(",")[0]);
	expect(time(Date.parse(newYear))).toBe(clock);
});

test("a moment of these days has no year, where the organization is", () => {
	const now = new Date("2026-12-31T22:30:00Z"); // in Helsinki it is 2027
	writeTimesIn("Europe/Helsinki");
	expect(lately("2026-12-31T23:30:00Z", now).replaceAll("\u00a0", " ")).toBe("1 Jan, 1:30");
	writeTimesIn("America/New_York");
	expect(lately("2025-12-31T23:30:00Z", now).replaceAll("\u00a0", " ")).toBe("31 Dec 2025, 18:30");
});

test("the last day of what ends at midnight is the day before, where the shop is", () => {
	const end = "2027-02-22T22:00:00Z"; // midnight in Helsinki
	writeTimesIn("Europe/Helsinki");
	expect(lastDay(end)).toBe("22 Feb 2027");
	writeTimesIn("Pacific/Auckland");
	expect(lastDay(end)).toBe("23 Feb 2027");
});

test("a zone that this browser does not know leaves its own", () => {
	writeTimesIn("Europe/Helsinki");
	writeTimesIn("Moon/Tranquility");
	expect(timesIn()).toBeUndefined();
	expect(isElsewhere(Date.parse(newYear))).toBe(false);
});

test("whoever's clock shows another time is elsewhere, whatever the zones are called", () => {
	const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
	writeTimesIn(here);
	expect(isElsewhere(Date.parse(newYear))).toBe(false);
	writeTimesIn("Pacific/Kiritimati");
	expect(isElsewhere(Date.parse(newYear))).toBe(true);
});
