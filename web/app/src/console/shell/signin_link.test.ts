import { expect, test } from "vitest";
import { signInPath } from "./signin_link.ts";

const here = "https://shop.example";

test.each([
	["a link as it was printed", `${here}/signin/leimala/li_leimala_AB12`, "/signin/leimala/li_leimala_AB12"],
	["with spaces around it", `  ${here}/signin/leimala/li_leimala_AB12\n`, "/signin/leimala/li_leimala_AB12"],
	["the path alone", "/signin/leimala/li_leimala_AB12", "/signin/leimala/li_leimala_AB12"],
	["a link of another server", "https://elsewhere.example/signin/leimala/li_leimala_AB12", undefined],
	["another page of this server", `${here}/till`, undefined],
	["a script", "javascript:alert(1)", undefined],
	["nothing", "", undefined],
])("%s", (_, pasted, want) => expect(signInPath(pasted, here)).toBe(want));
