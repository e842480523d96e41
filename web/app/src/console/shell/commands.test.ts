import { expect, test } from "vitest";
import { commandsFor, type Command } from "./commands.ts";

const commands = ["Customers", "Programs", "Add a program", "Työntekijät", "Français"].map((label): Command => ({ label, icon: "ring", run: () => undefined }));
const found = (typed: string) => commandsFor(commands, typed).map((c) => c.label);

test.each([
	["", ["Customers", "Programs", "Add a program", "Työntekijät", "Français"]],
	["prog", ["Programs", "Add a program"]],
	["add prog", ["Add a program"]],
	["tyo", ["Työntekijät"]],
	["FRANC", ["Français"]],
	["ustomers", []],
])("%j finds %j", (typed, want) => expect(found(typed)).toEqual(want));
