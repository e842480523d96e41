import { i18n } from "@lingui/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Schema } from "../../api/client.ts";
import { Store } from "./store.ts";
import { Finding, PATIENCE_MS } from "./finding.ts";
import type { Scan, View } from "./view.ts";

type Core = ConstructorParameters<typeof Finding>[0];
type Ask = (body: Schema["ScanCreation"]) => Promise<Scan>;

const CODE = "4HFP7BQRQ6X7R6BAA";
const NOON = Date.UTC(2026, 2, 2, 10);
const program = { id: "prog_1", status: "active", limits: {} } as Schema["Program"];
const scanned = (cardId: string) => ({ card: { id: cardId }, program, allowed: { stamp: true, max_quantity: 3 } }) as unknown as Scan;

/** A refusal of the server, as the API's client answers it. */
class Answered extends Error {
	constructor(readonly status: number) {
		super();
	}
}

/** A till whose server answers by ask, and which has seen the cards of the handles. */
function tillThat(ask: Ask, { network = "good", seen = {}, programs = [program], chosen = "" }: { network?: View["network"]; seen?: Record<string, string>; programs?: Schema["Program"][]; chosen?: string } = {}) {
	const view = new Store({ network, commands: [], settings: { program: chosen }, shop: { programs }, device: { locationId: "loc_1" }, cashier: { staffId: "stf_1" } } as unknown as View);
	const remembered: string[][] = [];
	const told: string[] = [];
	const core = {
		view, clock: { now: () => NOON }, zone: () => "Europe/Helsinki", outbox: { commands: () => [] }, heard: () => undefined, tell: (kind: string) => { told.push(kind); },
		db: {
			seen: (handle: string) => Promise.resolve(seen[handle] ? { card: seen[handle], scan: scanned(seen[handle]), at: NOON - 60_000 } : undefined),
			remember: ({ handles }: { handles: string[] }) => { remembered.push(handles); return Promise.resolve(); },
		},
		asCashier: {
			POST: async (_: string, { body }: { body: Schema["ScanCreation"] }) => {
				try {
					return { data: await ask(body), response: new Response() };
				} catch (e) {
					if (e instanceof Answered) {
						return { error: { code: "card_not_found", status: e.status }, response: new Response(null, { status: e.status }) };
					}
					throw e;
				}
			},
		},
	} as unknown as Core;
	return { finding: new Finding(core), view, remembered, told };
}

const never: Ask = () => new Promise(() => undefined);
const away: Ask = () => Promise.reject(new TypeError("no network"));

beforeEach(() => {
	vi.useFakeTimers();
	i18n.loadAndActivate({ locale: "en", messages: {} });
});
afterEach(() => { vi.useRealTimers(); });

describe("a card is found", () => {
	test("by the server, and remembered for when nobody can be asked", async () => {
		const { finding, remembered } = tillThat(() => Promise.resolve(scanned("card_1")));
		expect(await finding.find(CODE)).toMatchObject({ handle: CODE, card: "card_1", scannedAt: NOON });
		await vi.runAllTimersAsync();
		expect(remembered).toEqual([[CODE, CODE]]);
	});

	test("by a number in the chosen program first, then in any", async () => {
		const asked: (string | undefined)[] = [];
		const { finding } = tillThat(({ program_id }) => {
			asked.push(program_id);
			return program_id ? Promise.reject(new Answered(404)) : Promise.resolve(scanned("card_1"));
		}, { programs: [program, { ...program, id: "prog_2" }], chosen: "prog_2" });
		expect(await finding.find("5529627385")).toMatchObject({ card: "card_1" });
		expect(asked).toEqual(["prog_2", undefined]);
	});

	test("by what this till has seen, when the answer is late; the answer then takes its place", async () => {
		let answer: (s: Scan) => void = () => undefined;
		const { finding, view } = tillThat(() => new Promise((resolve) => { answer = resolve; }), { seen: { [CODE]: "card_1" } });
		const finds = finding.find(CODE);
		await vi.advanceTimersByTimeAsync(PATIENCE_MS);
		const found = await finds;
		expect(found).toMatchObject({ card: "card_1", asOf: NOON - 60_000 });
		view.set({ found });
		answer(scanned("card_1"));
		await vi.runAllTimersAsync();
		expect(view.get().found).toMatchObject({ card: "card_1", scannedAt: NOON });
		expect(view.get().found?.asOf).toBeUndefined();
	});

	test("by what this till has seen, without network", async () => {
		const { finding } = tillThat(never, { network: "gone", seen: { [CODE]: "card_1" } });
		expect(await finding.find(CODE)).toMatchObject({ card: "card_1", asOf: NOON - 60_000, allowance: {} });
	});

	test("by its code alone, if this till has never seen it and the server cannot be reached", async () => {
		const { finding } = tillThat(away);
		expect(await finding.find(CODE)).toMatchObject({ handle: CODE, card: CODE, scan: undefined, allowance: {} });
	});
});

test("a number of another system that is no card's may be one from before", async () => {
	const { finding, view } = tillThat(() => Promise.reject(new Answered(404)));
	await expect(finding.find("6400000001")).rejects.toMatchObject({ status: 404 });
	expect(view.get().strange).toBe("6400000001");
});

test("a phone number finds nobody without network, and that is said", async () => {
	const { finding, told } = tillThat(never, { network: "gone" });
	expect(await finding.find("+358401234567")).toBeUndefined();
	expect(told).toEqual(["unknown"]);
});
