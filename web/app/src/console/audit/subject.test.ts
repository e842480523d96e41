import { expect, test } from "vitest";
import contract from "../../../../../openapi.yaml?raw";
import { ACTIONS } from "../data/audit.ts";
import { roomOf } from "./subject.ts";

test("a thing's room is found by its id", () => {
	expect(roomOf("prog_01k3sa0z2efcrstmhzda61w2tt")).toBe("/programs/prog_01k3sa0z2efcrstmhzda61w2tt");
	expect(roomOf("card_01k3sa0z2efcrstmhzda61w2tt")).toBeUndefined();
	expect(roomOf("customers")).toBeUndefined();
	expect(roomOf("")).toBeUndefined();
});

test("every action of the contract can be chosen", () => {
	const named = /AuditAction:\n.*\n.*\n {6}enum:\n((?: {8}- .*\n)+)/.exec(contract)?.[1]?.match(/[a-z_]+\.[a-z_]+/g);
	expect([...(named ?? [])].sort()).toEqual([...ACTIONS].sort());
});
