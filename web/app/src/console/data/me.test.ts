import { expect, test } from "vitest";
import { actsAt } from "./me.ts";

test.each<[string, { location_id?: string }, string | undefined, boolean]>([
	["whoever is tied to no branch, at one", {}, "loc_1", true],
	["whoever is tied to no branch, at all", {}, undefined, true],
	["whoever is tied to a branch, at it", { location_id: "loc_1" }, "loc_1", true],
	["whoever is tied to a branch, at another", { location_id: "loc_1" }, "loc_2", false],
	["whoever is tied to a branch, at all", { location_id: "loc_1" }, undefined, false],
])("%s", (_, me, location, want) => expect(actsAt(me, location)).toBe(want));
