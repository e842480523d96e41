import { expect, test } from "vitest";
import contract from "../../../../../openapi.yaml?raw";
import { BUNDLES, bundleOf, SCOPES } from "./scopes.ts";

test("every permission of the contract can be given, but those of people", () => {
	const named = [...contract.matchAll(/x-leima-permission: (.*)/g)].flatMap((m) => (m[1] ?? "").match(/[a-z_]+:[a-z]+/g) ?? []);
	const forPeople = ["till_sessions:write", "api_keys:write", "staff:write", "exports:read", "audit:read", "tills:unpair"];
	expect(new Set(named)).toEqual(new Set([...SCOPES, ...forPeople]));
});

test("bundles are known again, in any order", () => {
	expect(bundleOf([...BUNDLES.till].reverse())).toBe("till");
	expect(bundleOf(["stamps:write"])).toBeUndefined();
	expect(bundleOf([])).toBeUndefined();
});
