import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProblemBody } from "../../api/problem.ts";
import type { Command } from "./command.ts";
import { type Answer, Outbox, type OutboxStore } from "./outbox.ts";

/** A device: what is written survives, whoever wrote it. */
class Device {
	readonly kept = new Map<string, Command>();

	/** A page on the device. After its last write it is gone, as if it had crashed. */
	page(writes = Infinity): OutboxStore & { alive: () => boolean } {
		let left = writes;
		const never = () => new Promise<never>(() => undefined);
		return {
			alive: () => left > 0,
			append: async (make) => {
				if (left <= 0) {
					return never();
				}
				await Promise.resolve();
				left--;
				const command = make(this.kept.size + 1);
				this.kept.set(command.key, command);
				return left <= 0 ? never() : command;
			},
			update: async (key, change) => {
				if (left <= 0) {
					return never();
				}
				await Promise.resolve();
				const next = change(this.kept.get(key));
				if (next) {
					left--;
					this.kept.set(key, next);
				}
				return left <= 0 && next ? never() : this.kept.get(key);
			},
			all: () => (left <= 0 ? never() : Promise.resolve([...this.kept.values()].sort((a, b) => a.count - b.count))),
		};
	}
}

const problem: ProblemBody = {
	type: "urn:leima:problem:cool_down", title: "", status: 409, code: "cool_down", detail: "", request_id: "", retryable: false,
};

type Fate = "done" | "refused" | "lost on the way" | "answer lost" | "signed out";

/** A server that does each key once, behind a network with a will of its own. */
class Server {
	/** How often each key was carried out: 0 or 1. */
	readonly done = new Map<string, number>();
	/** What was sent under each key, the first time. */
	readonly sent = new Map<string, string>();
	readonly changed: string[] = [];
	readonly order: string[] = [];
	readonly fates: Fate[];

	constructor(fates: Fate[]) {
		this.fates = [...fates];
	}

	readonly send = async (c: Command, path: string): Promise<Answer> => {
		await Promise.resolve();
		const fate = this.fates.shift() ?? "done";
		const said = JSON.stringify([path, c.body]);
		if (fate === "signed out") {
			return { kind: "signed out" };
		}
		if ((this.sent.get(c.key) ?? said) !== said) {
			this.changed.push(c.key);
		}
		this.sent.set(c.key, said);
		if (fate === "lost on the way") {
			return { kind: "unknown" };
		}
		if (fate === "refused" && !this.done.has(c.key)) {
			return { kind: "refused", problem };
		}
		if (!this.done.has(c.key)) {
			this.done.set(c.key, 1);
			this.order.push(c.key);
		}
		return fate === "answer lost" ? { kind: "unknown" } : { kind: "done", entryId: `ent_${c.key}`, result: {} };
	};
}

function stamp(count: number, over?: Partial<Command>): Command {
	return {
		key: `till:${count}`, count, kind: "stamp", at: count, staffId: "stf_1", staffName: "Maija", body: { quantity: count }, path: "/v1/stamps",
		card: "card_1", who: "Helmi", quantity: 1, state: "waiting", sent: false, promised: true, changedAt: 0, ...over,
	};
}

function reversal(count: number, of: Command): Command {
	const { key, at, staffId, staffName, card, who, quantity, state, sent, promised, changedAt } = stamp(count);
	return { key, at, staffId, staffName, card, who, quantity, state, sent, promised, changedAt, count, kind: "reversal", reverses: of.key, body: {} };
}

const outbox = (store: OutboxStore, server: Server) => new Outbox({ store, send: server.send, now: () => 0 });

/** Lets everything happen that can happen without anybody else. */
async function settle(): Promise<void> {
	for (let i = 0; i < 400; i++) {
		await Promise.resolve();
	}
}

describe("whatever breaks", () => {
	const fate = fc.constantFrom<Fate>("done", "refused", "lost on the way", "answer lost", "signed out");
	const run = fc.record({ writes: fc.integer({ min: 0, max: 8 }), adds: fc.integer({ min: 0, max: 3 }), drains: fc.integer({ min: 0, max: 3 }) });

	test("each command is sent until it is answered, under one key with one body, and done once", async () => {
		await fc.assert(fc.asyncProperty(fc.array(run, { maxLength: 6 }), fc.array(fate, { maxLength: 25 }), async (runs, fates) => {
			const device = new Device();
			const server = new Server(fates);
			const acknowledged = new Set<string>();
			for (const { writes, adds, drains } of runs) {
				const page = outbox(device.page(writes), server);
				const work = async () => {
					await page.load();
					for (let i = 0; i < Math.max(adds, drains); i++) {
						if (i < adds) {
							acknowledged.add((await page.add(stamp)).key);
						}
						if (i < drains) {
							await page.drain();
						}
					}
				};
				void work();
				await settle();
			}
			// At last the network is good, and somebody is signed in.
			server.fates.length = 0;
			const page = outbox(device.page(), server);
			await page.load();
			expect(await page.drain()).toBe("empty");

			expect(server.changed).toEqual([]);
			for (const key of acknowledged) {
				const c = device.kept.get(key);
				expect(c, `${key} was acknowledged and is gone`).toBeDefined();
				expect(["done", "review"]).toContain(c?.state);
				expect(server.sent.has(key)).toBe(true);
				expect(server.done.has(key), `${key} is ${c?.state ?? ""}`).toBe(c?.state === "done");
			}
			expect([...server.done.values()].every((n) => n === 1)).toBe(true);
		}), { numRuns: 300 });
	});

	test("two pages of one device do each command once, in order", async () => {
		await fc.assert(fc.asyncProperty(fc.array(fate, { maxLength: 10 }), fc.integer({ min: 1, max: 6 }), async (fates, n) => {
			const device = new Device();
			const server = new Server(fates.filter((f) => f !== "refused"));
			const pages = [outbox(device.page(), server), outbox(device.page(), server)];
			for (let i = 1; i <= n; i++) {
				await pages[i % 2]?.add(stamp);
			}
			await Promise.all(pages.map((p) => p.drain()));
			server.fates.length = 0;
			await Promise.all(pages.map((p) => p.drain()));
			expect(server.order).toEqual(Array.from({ length: n }, (_, i) => `till:${i + 1}`));
		}));
	});

	test("a command and its reversal end together, or not at all", async () => {
		await fc.assert(fc.asyncProperty(fc.array(fate, { maxLength: 8 }), fc.boolean(), async (fates, withdrawFirst) => {
			const device = new Device();
			const server = new Server(fates);
			const page = outbox(device.page(), server);
			const given = await page.add(stamp);
			await page.drain();
			const withdrawn = withdrawFirst && (await page.withdraw(given.key));
			if (!withdrawn) {
				await page.add((count) => reversal(count, given));
			}
			server.fates.length = 0;
			await page.drain();
			expect(server.done.has("till:2")).toBe(server.done.has("till:1"));
			expect(device.kept.get("till:1")?.state === "withdrawn" && server.sent.has("till:1")).toBe(false);
		}));
	});
});

test("a refusal that the cashier saw is no review; one after a promise is, and can be tried again", async () => {
	const device = new Device();
	const server = new Server(["refused", "refused", "refused"]);
	const page = outbox(device.page(), server);
	await page.add((count) => stamp(count, { promised: false }));
	await page.add(stamp);
	await page.drain();
	expect(page.commands().map((c) => c.state)).toEqual(["refused", "review"]);

	await page.retry("till:2");
	await page.drain();
	expect(page.get("till:2")?.state).toBe("review");
	await page.retry("till:2");
	await page.drain();
	expect(page.get("till:2")?.state).toBe("done");
});

test("a settled review stays in the list with what was decided", async () => {
	const device = new Device();
	const page = outbox(device.page(), new Server(["refused"]));
	await page.add(stamp);
	await page.drain();
	await page.settle("till:1", "It is the office's to decide");
	expect(device.kept.get("till:1")?.state).toBe("review");
	await page.unwanted("till:1");
	await page.settle("till:1", "Card was blocked, customer told");
	expect(device.kept.get("till:1")).toMatchObject({ state: "settled", note: "Card was blocked, customer told", problem });
});

test("a review that was dismissed and opened again waits again, and can be decided otherwise", async () => {
	const device = new Device();
	const page = outbox(device.page(), new Server(["refused"]));
	await page.add(stamp);
	await page.drain();
	await page.handedIn("till:1", "rev_1");
	await page.reopened("till:1");
	expect(device.kept.get("till:1")?.state).toBe("review");
	await page.decided("till:1", "dismissed", "Nobody knows");
	expect(device.kept.get("till:1")).toMatchObject({ state: "settled", decided: "dismissed", note: "Nobody knows" });
	await page.reopened("till:1");
	const open = device.kept.get("till:1");
	expect(open).toMatchObject({ state: "review", reviewId: "rev_1", problem });
	expect(open).not.toHaveProperty("decided");
	await page.decided("till:1", "dismissed", "Nobody knows");
	await page.decided("till:1", "entered", "The customer came back");
	expect(device.kept.get("till:1")).toMatchObject({ state: "settled", decided: "entered", note: "The customer came back" });
	await page.reopened("till:1");
	expect(device.kept.get("till:1")?.state).toBe("settled");
});

test("what was never sent can be withdrawn; what may have been sent cannot", async () => {
	const server = new Server(["lost on the way"]);
	const page = outbox(new Device().page(), server);
	await page.add(stamp);
	expect(await page.withdraw("till:1")).toBe(true);
	await page.add(stamp);
	expect(await page.drain()).toBe("stuck");
	expect(await page.withdraw("till:2")).toBe(false);
	expect(server.sent.has("till:1")).toBe(false);
});

test("nothing is sent while nobody is signed in, and nothing is lost by it", async () => {
	const server = new Server(["signed out"]);
	const page = outbox(new Device().page(), server);
	await page.add(stamp);
	expect(await page.drain()).toBe("signed out");
	expect(page.waiting()).toHaveLength(1);
	expect(await page.drain()).toBe("empty");
});
