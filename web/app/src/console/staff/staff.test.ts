import { expect, test } from "vitest";
import { rolesGivenBy } from "../data/staff.ts";
import { pinProblem } from "./pin.ts";

test.each([
	["482915", undefined], ["0719", undefined], ["1357", undefined],
	["123", "staff.pin_wrong"], ["1234567890123", "staff.pin_wrong"], ["12a4", "staff.pin_wrong"], ["", "staff.pin_wrong"],
	["1111", "staff.pin_weak"], ["1234", "staff.pin_weak"], ["987654", "staff.pin_weak"],
])("the PIN %j: %s", (pin, want) => expect(pinProblem(pin)).toBe(want));

test.each([
	["owner", ["owner", "manager", "marketer", "cashier"]], ["manager", ["manager", "marketer", "cashier"]],
	["marketer", []], ["cashier", []], [undefined, []],
])("a %s can make somebody %j", (role, want) => expect(rolesGivenBy(role)).toEqual(want));
