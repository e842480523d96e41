import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayOf, ServerClock } from "./clock.ts";
import type { Command } from "./command.ts";
import { checkCharacter, checkDigit, readHandle, readOldNumber } from "./handle.ts";
import { allowance, type Limits, type Seen, seenOf, strictest } from "./limits.ts";
import { uuid7Generator } from "./uuid7.ts";
import { BURST_MS, type Meaning, REPEAT_MS, Wedge } from "./wedge.ts";

const oneOf = (characters: string) => fc.constantFrom(...Array.from(characters));
const codeBody = fc.string({ unit: oneOf("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), minLength: 16, maxLength: 16 });

describe("uuid7", () => {
	test("they rise, whatever the clock does, and say when they were made", () => {
		fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 1, maxLength: 50 }), (instants) => {
			const make = uuid7Generator();
			const made = instants.map((at) => make(at));
			expect(new Set(made).size).toBe(made.length);
			expect([...made].sort()).toEqual(made);
			for (const id of made) {
				expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
			}
			expect(parseInt((made[0] ?? "").replace("-", "").slice(0, 12), 16)).toBe(instants[0]);
		}));
	});

	test("a tail that overflows goes on in the next millisecond", () => {
		const make = uuid7Generator(() => new Uint8Array(10).fill(255));
		const first = make(1);
		expect(make(1) > first).toBe(true);
	});
});

describe("what was scanned or typed", () => {
	test("a code is known however it was typed", () => {
		fc.assert(fc.property(codeBody, fc.boolean(), (body, lower) => {
			const code = body + checkCharacter(body);
			const typed = (body.replace(/0/g, "O").replace(/1/g, "I") + code.slice(-1)).replace(/(.{4})/g, "$1-");
			expect(readHandle(lower ? typed.toLowerCase() : typed)).toEqual({ kind: "code", text: code });
		}));
	});

	test("a rotating code leads to the card's own", () => {
		expect(readHandle("041061050R3GG28A09QW1ZVSN")).toEqual({ kind: "code", text: "041061050R3GG28A2", rotating: "041061050R3GG28A09QW1ZVSN" });
		expect(readHandle("O41O61O5OR3GG28A o9qwl-zvsn")).toEqual(readHandle("041061050R3GG28A09QW1ZVSN"));
		fc.assert(fc.property(codeBody, fc.string({ unit: oneOf("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), minLength: 8, maxLength: 8 }), (body, rest) => {
			const rotating = body + rest + checkCharacter(body + rest);
			expect(readHandle(rotating)).toEqual({ kind: "code", text: body + checkCharacter(body), rotating });
		}));
	});

	test("what a wallet shows leads to the card's own code, and a slip in that is found", () => {
		const shown = { kind: "code", text: "041061050R3GG28A2", rotating: "041061050R3GG28A2G00517380" };
		expect(readHandle("041061050R3GG28A2G00517380")).toEqual(shown);
		expect(readHandle("o41061050r3gg28a2 g005-17380 ")).toEqual(shown);
		for (const wrong of ["041061050R3GG28A3G00517380", "041061050R3GG28A2H00517380", "041061050R3GG28A2G0051738", "041061050R3GG28A2G0051738A"]) {
			expect(readHandle(wrong).kind).toBe("nothing");
		}
	});

	test.each([
		["6400 0012-3456 5", "6400001234565"], ["kx-00417", "KX00417"], ["0401234567", ""], ["+358401234567", ""], ["12345", ""], ["bonus card", ""],
	])("%j as the number of a card from before", (typed, want) => expect(readOldNumber(typed)).toBe(want));

	test("one wrong character is found", () => {
		fc.assert(fc.property(codeBody, fc.nat(15), oneOf("23456789ABCDEFGHJKMNPQRSTVWXYZ"), (body, at, other) => {
			fc.pre(body[at] !== other);
			const wrong = body.slice(0, at) + other + body.slice(at + 1) + checkCharacter(body);
			expect(readHandle(wrong).kind).toBe("nothing");
		}));
	});

	test("a number with a slip is looked up as a phone number, which the server knows better", () => {
		fc.assert(fc.property(fc.integer({ min: 100_000_000, max: 999_999_999 }), (n) => {
			const number = `${n}${checkDigit(String(n))}`;
			expect(readHandle(number.replace(/^(...)(...)/, "$1 $2 "))).toEqual({ kind: "number", text: number });
			expect(readHandle(`${n}${(Number(number.slice(-1)) + 1) % 10}`).kind).toBe("phone");
		}));
	});

	test.each([
		["041061050R3GG28A2", "code"], ["1234567897", "number"], ["040 123 4567", "phone"], ["+358 (40) 1234567", "phone"],
		["", "nothing"], ["NOBODY", "nothing"], ["x".repeat(200), "nothing"],
	])("%s is a %s", (typed, kind) => {
		expect(readHandle(typed).kind).toBe(kind);
	});
});

describe("a scanner that types", () => {
	/** Feeds a text with a pause between the strokes, from an instant on. */
	const type = (w: Wedge, text: string, pause: number, from: number): Meaning => {
		let at = from;
		for (const key of text) {
			w.feed({ key, at });
			at += pause;
		}
		return w.feed({ key: "Enter", at });
	};

	test("whatever it sends in a burst is read as it is, whatever was typed before", () => {
		const text = fc.string({ unit: oneOf("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ+-"), minLength: 4, maxLength: 40 });
		fc.assert(fc.property(text, fc.integer({ min: 0, max: BURST_MS - 1 }), fc.string({ maxLength: 5 }), (sent, pause, before) => {
			const w = new Wedge();
			type(w, before, 200, 0);
			expect(type(w, sent, pause, 10_000)).toMatchObject({ kind: "read", text: sent });
		}));
	});

	test("a person is never taken for a scanner", () => {
		fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 20 }), fc.integer({ min: BURST_MS, max: 1000 }), (text, pause) => {
			expect(type(new Wedge(), text, pause, 0).kind).toBe("typing");
		}));
	});

	test("the same within two seconds is one reading; another or later one is another", () => {
		const w = new Wedge();
		expect(type(w, "ABCD1234", 5, 0).kind).toBe("read");
		expect(type(w, "ABCD1234", 5, 1_000).kind).toBe("repeat");
		expect(type(w, "OTHER567", 5, 1_500).kind).toBe("read");
		expect(type(w, "ABCD1234", 5, 1_700).kind).toBe("read");
		expect(type(w, "ABCD1234", 5, 1_700 + REPEAT_MS + 100).kind).toBe("read");
	});

	test("it may hold Shift for capitals, and says how slow it was", () => {
		const w = new Wedge();
		let at = 0;
		for (const key of ["Shift", "A", "b", "Shift", "C", "4"]) {
			w.feed({ key, at: (at += 20) });
		}
		expect(w.feed({ key: "Enter", at: at + 5 })).toEqual({ kind: "read", text: "AbC4", slowest: 40 });
	});
});

describe("the server's clock", () => {
	test("a difference that a header can show is taken over, a smaller one is not", () => {
		const c = new ServerClock(0, () => Date.UTC(2026, 10, 21, 12));
		expect(c.hear(new Date(Date.UTC(2026, 10, 21, 12, 0, 1)).toUTCString())).toBe(false);
		expect(c.now()).toBe(Date.UTC(2026, 10, 21, 12));
		expect(c.hear(new Date(Date.UTC(2026, 10, 21, 12, 7)).toUTCString())).toBe(true);
		expect(c.now()).toBe(Date.UTC(2026, 10, 21, 12, 7));
		expect(c.hear(null)).toBe(false);
		expect(c.hear(new Date(Date.UTC(2026, 10, 21, 12)).toUTCString())).toBe(true);
		expect(c.offset).toBe(0);
	});

	test("the day is the location's", () => {
		const late = Date.UTC(2026, 10, 21, 22, 30);
		expect(dayOf(late, "Europe/Helsinki")).toBe("2026-11-22");
		expect(dayOf(late, "UTC")).toBe("2026-11-21");
		expect(dayOf(late, "Nowhere/Nothing")).toBe("2026-11-21");
	});
});

describe("what may be given without asking", () => {
	const limits = (over: Partial<Limits>): Limits => ({ max_per_scan: 0, max_per_card_day: 0, cool_down_seconds: 0, max_per_staff_day: 0, ...over });
	const noon = Date.UTC(2026, 10, 21, 12);
	const given = (over: Partial<Command>): Command => ({
		key: `k${Math.random()}`, count: 1, kind: "stamp", at: noon - 60_000, staffId: "stf_1", staffName: "", body: {}, card: "card_1", who: "", quantity: 2,
		state: "waiting", sent: false, promised: true, changedAt: 0, ...over,
	});
	const ask = (l: Limits, commands: Command[], seen?: Seen) => allowance(l, "card_1", "stf_1", noon, { commands, zone: "UTC", ...(seen && { seen }) });
	const seen = (over: Partial<Seen>): Seen => ({ at: noon - 120_000, left: undefined, cooling: false, ...over });

	test.each([
		["no limits", ask(limits({}), []), 100, undefined],
		["at once", ask(limits({ max_per_scan: 3 }), []), 3, "scan_limit_reached"],
		["a day", ask(limits({ max_per_card_day: 5 }), [given({})]), 3, "daily_limit_reached"],
		["a day, of which others gave four", ask(limits({ max_per_card_day: 9 }), [given({})], seen({ left: 5 })), 3, "daily_limit_reached"],
		["a day that was over when it was scanned", ask(limits({ max_per_card_day: 9 }), [], seen({ left: 0 })), 0, "daily_limit_reached"],
		["what was given before the scan is counted in it", ask(limits({ max_per_card_day: 9 }), [given({})], seen({ at: noon - 1000, left: 5 })), 5, "daily_limit_reached"],
		["a scan of yesterday says nothing of today", ask(limits({ max_per_card_day: 9 }), [], seen({ at: noon - 86_400_000, left: 1 })), 9, "daily_limit_reached"],
		["a moment ago, by somebody else", ask(limits({ cool_down_seconds: 150 }), [], seen({ cooling: true })), 0, "cool_down"],
		["a day, yesterday does not count", ask(limits({ max_per_card_day: 5 }), [given({ at: noon - 86_400_000 })]), 5, "daily_limit_reached"],
		["what was refused does not count", ask(limits({ max_per_card_day: 5 }), [given({ state: "review" }), given({ state: "withdrawn" })]), 5, "daily_limit_reached"],
		["another card does not count", ask(limits({ max_per_card_day: 5 }), [given({ card: "card_2" })]), 5, "daily_limit_reached"],
		["but the cashier's own limit counts it", ask(limits({ max_per_staff_day: 5 }), [given({ card: "card_2" })]), 3, "staff_daily_limit_reached"],
		["a moment ago", ask(limits({ cool_down_seconds: 90 }), [given({})]), 0, "cool_down"],
		["long ago", ask(limits({ cool_down_seconds: 60 }), [given({})]), 100, undefined],
	])("%s", (_, got, most, code) => {
		expect([got.most, got.limit?.code]).toEqual([most, code]);
	});

	test.each<[string, Parameters<typeof seenOf>[0], Partial<Limits>, Partial<Seen>]>([
		["nothing but the most of all", { stamp: true, max_quantity: 100 }, {}, {}],
		["nothing but the most at once", { stamp: true, max_quantity: 3 }, { max_per_scan: 3, max_per_card_day: 9 }, {}],
		["what is left of the day", { stamp: true, max_quantity: 2 }, { max_per_scan: 3, max_per_card_day: 9 }, { left: 2 }],
		["that the day is over", { stamp: false, max_quantity: 0, refusal: { code: "daily_limit_reached" } }, {}, { left: 0 }],
		["that the card cools down", { stamp: false, max_quantity: 0, refusal: { code: "cool_down" } }, {}, { cooling: true }],
	])("a scan tells %s", (_, allowed, over, want) => {
		expect(seenOf(allowed, limits(over), noon)).toEqual(seen({ at: noon, ...want }));
	});

	test("what was taken back does not count", () => {
		const c = given({ key: "a", reversedBy: "b" });
		expect(ask(limits({ max_per_card_day: 5 }), [c, given({ key: "b", kind: "reversal", reverses: "a" })]).most).toBe(5);
	});

	test("the cool-down names the seconds left", () => {
		expect(ask(limits({ cool_down_seconds: 90 }), [given({})]).limit).toEqual({ code: "cool_down", number: 30 });
	});

	test("giving what is allowed never exceeds a day's limit, in any order", () => {
		fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 }), (limit, wishes) => {
			const commands: Command[] = [];
			for (const wish of wishes) {
				const { most } = ask(limits({ max_per_card_day: limit }), commands);
				if (most > 0) {
					commands.push(given({ quantity: Math.min(wish, most) }));
				}
			}
			expect(commands.reduce((n, c) => n + c.quantity, 0)).toBeLessThanOrEqual(limit);
		}));
	});

	test("an unknown card is held to the strictest of the programs", () => {
		expect(strictest([limits({ max_per_scan: 5, cool_down_seconds: 60 }), limits({ max_per_scan: 3 })])).toEqual(limits({ max_per_scan: 3, cool_down_seconds: 60 }));
		expect(strictest([])).toEqual(limits({}));
	});
});
