import { expect, test } from "vitest";
import { i18n } from "@lingui/core";
import { measure } from "./limit_words.ts";

test("a limit is a number or a length of time", () => {
	i18n.loadAndActivate({ locale: "en", messages: {} });
	expect(measure("max_per_scan", 5)).toBe("5");
	expect(measure("cool_down_seconds", 7200)).toBe("2 hours");
	expect(measure("cool_down_seconds", 86_400)).toBe("1 day");
	expect(measure("cool_down_seconds", 90)).toBe("90 seconds");
});
