import "fake-indexeddb/auto";
import { beforeEach, expect, test } from "vitest";
import type { Schema } from "../../api/client.ts";
import type { Command } from "../domain/command.ts";
import { Database, MAX_SEEN, type Session } from "./database.ts";
import { MAX_OFFLINE_FAILURES, opens, withVerifier } from "./pin.ts";

let name = "";
let serial = 0;
beforeEach(() => {
	name = `till-${++serial}`;
});

const command = (count: number): Command => ({
	key: `k${count}`, count, kind: "stamp", at: 0, staffId: "s", staffName: "", body: {}, card: "c", who: "", quantity: 1, state: "waiting", sent: false, promised: false, changedAt: 0,
});
const session: Session = { token: "ls_x", staffId: "stf_1", name: "Maija", expiresAt: 1_000, permissions: [], failures: 0 };
const scan = {} as Schema["Scan"];

test("what was written is there after the page was closed", async () => {
	const db = await Database.open(name);
	await db.append(command);
	await db.append(command);
	await db.update("k1", (c) => c && { ...c, state: "done" }, false);
	await db.update("k1", () => undefined, true);
	db.close();
	const again = await Database.open(name);
	expect((await again.all()).map((c) => [c.key, c.state])).toEqual([["k1", "done"], ["k2", "waiting"]]);
});

test("two pages never give out the same count, and it goes on after the device was cleared", async () => {
	const [a, b] = await Promise.all([Database.open(name), Database.open(name)]);
	const made = await Promise.all([a.append(command), b.append(command), a.append(command), b.append(command)]);
	expect(made.map((c) => c.count).sort()).toEqual([1, 2, 3, 4]);
	await a.clear();
	expect(await b.all()).toEqual([]);
	expect((await b.append(command)).count).toBe(5);
});

test("cards of today are found by whatever led to them, and only so many are kept", async () => {
	const db = await Database.open(name);
	await db.remember({ card: "card_0", handles: ["CODE0"], scan, at: 1 }, 0);
	await db.remember({ card: "card_0", handles: ["1234567897"], scan, at: 2 }, 0);
	expect((await db.seen("CODE0"))?.at).toBe(2);
	expect((await db.seen("1234567897"))?.card).toBe("card_0");
	for (let i = 1; i <= MAX_SEEN; i++) {
		await db.remember({ card: `card_${i}`, handles: [`CODE${i}`], scan, at: 2 + i }, 0);
	}
	expect(await db.seen("CODE0")).toBeUndefined();
	expect((await db.seen("CODE1"))?.card).toBe("card_1");
	await db.remember({ card: "card_x", handles: ["X"], scan, at: 9_000 }, 5_000);
	expect(await db.seen("CODE1")).toBeUndefined();
});

test("a PIN that worked opens the session again without network, a wrong one does not, and five are enough", async () => {
	const db = await Database.open(name);
	await db.keepSession(await withVerifier(db, session, "4829"));
	const kept = async () => (await db.sessions())[0] ?? session;
	expect(JSON.stringify(await kept())).not.toContain("4829");
	expect(await opens(db, await kept(), "4829", 500)).toBe(true);
	expect(await opens(db, await kept(), "4829", 1_000)).toBe(false); // the session is over
	for (let i = 0; i < MAX_OFFLINE_FAILURES; i++) {
		expect(await opens(db, await kept(), "0000", 500)).toBe(false);
	}
	expect(await opens(db, await kept(), "4829", 500)).toBe(false);
});

test("somebody else's PIN opens nothing", async () => {
	const db = await Database.open(name);
	const maija = await withVerifier(db, session, "4829");
	expect(await opens(db, { ...maija, staffId: "stf_2" }, "4829", 500)).toBe(false);
});
