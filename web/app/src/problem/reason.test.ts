import { setupI18n } from "@lingui/core";
import { expect, test } from "vitest";
import type { ProblemBody } from "../api/problem.ts";
import { reasonOf } from "./reason.ts";
import { problemCatalog } from "./sentence.ts";

const speaking = async (locale: "en" | "fi") => setupI18n({ locale, messages: { [locale]: await problemCatalog(locale) } });
const problem = (part: Partial<ProblemBody>): ProblemBody => ({
	type: "urn:leima:problem:validation_failed", title: "", status: 400, code: "validation_failed", detail: "must be …", request_id: "r", retryable: false, ...part,
});

test.each([
	["en", { reason: "range", params: { min: "0", max: "8" } }, "From 0 to 8."],
	["fi", { reason: "maximum", params: { max: "200" } }, "Enintään 200."],
	["fi", { reason: "twice" }, "Tämä on kahdesti."],
	["fi", { reason: "queue_full", params: { max: "8" } }, "Jonossa on jo 8 tuontia. Lähetä uudelleen, kun jokin on valmis."],
	["en", {}, ""],
	["en", { reason: "of a newer server" as never }, ""],
] as const)("in %s, %o is said as %j", async (locale, part, want) => expect(reasonOf(await speaking(locale), problem(part))).toBe(want));
