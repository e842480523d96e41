// The outbox: commands wait here until the server has answered them. Each is sent at
// least once under one key, and the server does each key at most once, so that it is
// done exactly once, whatever breaks in between.

import type { ProblemBody } from "../../api/problem.ts";
import { type Command, MAX_WAITING, pathOf } from "./command.ts";

/**
 * Where commands are kept. What a method resolved for is there after the page, the
 * browser or the device went down, but for updates that need not be durable: those may
 * be lost with the power, and the command be as it was before.
 */
export interface OutboxStore {
	/** Writes the command that make returns for the device's next count. Each count is used once. */
	append(make: (count: number) => Command): Promise<Command>;
	/**
	 * Reads a command and writes what change makes of it, in one step that no other page
	 * comes between; undefined leaves it as it is. Returns what is there afterwards.
	 */
	update(key: string, change: Change, durable: boolean): Promise<Command | undefined>;
	/** Returns all commands, in the order of their counts. */
	all(): Promise<Command[]>;
}

export type Change = (command: Command | undefined) => Command | undefined;

/** What became of sending a command. */
export type Answer =
	| { kind: "done"; entryId: string; result: unknown }
	| { kind: "refused"; problem: ProblemBody }
	/** Nobody answered: it may have been done. */
	| { kind: "unknown" }
	/** Nobody is signed in who could send it. */
	| { kind: "signed out" };

/** Sends a command to the path under its key. It does not throw. */
export type Send = (command: Command, path: string) => Promise<Answer>;

/** Runs work while no other page of this device does. */
export type Exclusive = (work: () => Promise<void>) => Promise<void>;

/** How sending ended: all answered, the network failed, or nobody is signed in. */
export type Drained = "empty" | "stuck" | "signed out";

export interface OutboxOptions {
	store: OutboxStore;
	send: Send;
	now: () => number;
	exclusive?: Exclusive;
	/** Hears of every change; answered holds what the server sent if an answer made it. */
	changed?: (command: Command, answered?: { result?: unknown }) => void;
}

/** Thrown for a command when MAX_WAITING are waiting. */
export class OutboxFull extends Error {}

export class Outbox {
	readonly #o: OutboxOptions;
	/** What this page knows of each command, by key. */
	readonly #known = new Map<string, Command>();
	/** The last count that load has read: all up to it are known. */
	#read = 0;
	#draining: Promise<Drained> | undefined;
	#again = false;

	constructor(options: OutboxOptions) {
		this.#o = options;
	}

	/** Reads what earlier pages left. */
	async load(): Promise<void> {
		for (const c of await this.#o.store.all()) {
			this.#known.set(c.key, c);
			this.#read = Math.max(this.#read, c.count);
		}
	}

	/** Whether this page knows every command up to the last that it knows. Each count is used once. */
	#knowsAll(): boolean {
		const later = [...this.#known.values()].filter((c) => c.count > this.#read).map((c) => c.count);
		return Math.max(this.#read, ...later) - this.#read === later.length;
	}

	/** All commands that the device remembers, in the order of their counts. */
	commands(): Command[] {
		return [...this.#known.values()].sort((a, b) => a.count - b.count);
	}

	get(key: string): Command | undefined {
		return this.#known.get(key);
	}

	waiting(): Command[] {
		return this.commands().filter((c) => c.state === "waiting");
	}

	/**
	 * Takes in the command that make returns for the device's next count. It is on the
	 * device when this resolves, and only then. One that will be sent at once may come
	 * marked as sent, which saves a write.
	 */
	async add(make: (count: number) => Command): Promise<Command> {
		if (this.waiting().length >= MAX_WAITING) {
			throw new OutboxFull(`${MAX_WAITING} commands are waiting`);
		}
		const command = await this.#o.store.append(make);
		this.#known.set(command.key, command);
		this.#o.changed?.(command);
		return command;
	}

	/** Remembers that the cashier was told that the command will be done. */
	async promise(key: string): Promise<void> {
		await this.#update(key, (c) => (c?.state === "waiting" && !c.promised ? { ...c, promised: true } : undefined));
	}

	/**
	 * Takes back a command that was never sent, and reports whether it could. One that
	 * may have been sent has to be reversed by another.
	 */
	async withdraw(key: string): Promise<boolean> {
		const now = await this.#update(key, (c) => (c?.state === "waiting" && !c.sent ? { ...c, state: "withdrawn" } : undefined));
		return now?.state === "withdrawn";
	}

	/** Puts a command that was refused back, to be judged again under its key. What the office has is the office's. */
	async retry(key: string): Promise<void> {
		await this.#update(key, (c) => (c?.state === "review" && c.reviewId === undefined ? { ...c, state: "waiting" } : undefined));
	}

	/** Ends a review that the office does not take. It stays in the list, with what a person says. */
	async settle(key: string, note: string): Promise<void> {
		await this.#update(key, (c) => (c?.state === "review" && c.unwanted ? { ...c, state: "settled", note } : undefined));
	}

	/** Notes that the office has the review. */
	async handedIn(key: string, reviewId: string): Promise<void> {
		await this.#update(key, (c) => (c?.state === "review" ? { ...c, reviewId } : undefined));
	}

	/** Notes that the office does not take the review. */
	async unwanted(key: string): Promise<void> {
		await this.#update(key, (c) => (c?.state === "review" ? { ...c, unwanted: true } : undefined));
	}

	/** Ends a review by what the office decided, also if it decided otherwise before. */
	async decided(key: string, decided: "entered" | "dismissed", note: string): Promise<void> {
		await this.#update(key, (c) => {
			const otherwise = c?.state === "settled" && c.decided !== undefined && c.decided !== decided;
			return c && (c.state === "review" || otherwise) ? { ...c, state: "settled", decided, note } : undefined;
		});
	}

	/** Notes that the office opened a review again that it had dismissed. */
	async reopened(key: string): Promise<void> {
		await this.#update(key, (c) => {
			if (c?.state !== "settled" || c.decided !== "dismissed") {
				return undefined;
			}
			const open: { -readonly [K in keyof Command]: Command[K] } = { ...c, state: "review" };
			delete open.decided;
			delete open.note;
			return open;
		});
	}

	/** Notes that another command takes this one back. */
	async mark(key: string, reversedBy: string): Promise<void> {
		await this.#update(key, (c) => (c ? { ...c, reversedBy } : undefined));
	}

	/** Sends what waits, in order, until all is answered or the network fails. */
	drain(): Promise<Drained> {
		if (this.#draining) {
			this.#again = true; // what was added meanwhile is taken along
			return this.#draining;
		}
		this.#draining = this.#drain().finally(() => {
			this.#draining = undefined;
		});
		return this.#draining;
	}

	async #drain(): Promise<Drained> {
		const end: { drained: Drained } = { drained: "empty" };
		do {
			this.#again = false;
			await this.#exclusively(async () => {
				// What this page knows goes first, unless another page has older commands: a
				// cashier waits for it. If another page was at it meanwhile, the key sees to it
				// that nothing is done twice.
				end.drained = this.#knowsAll() ? await this.#sendAll() : "empty";
				if (end.drained === "empty") {
					await this.load();
					end.drained = await this.#sendAll();
				}
			});
		} while (this.#isWanted() && end.drained === "empty");
		return end.drained;
	}

	/** Whether something was added while others were sent. */
	#isWanted(): boolean {
		return this.#again;
	}

	async #sendAll(): Promise<Drained> {
		for (let sent = 0; sent < MAX_WAITING; sent++) {
			const next = this.waiting()[0];
			if (!next) {
				return "empty";
			}
			const end = await this.#sendOne(next);
			if (end) {
				return end;
			}
		}
		return "stuck";
	}

	async #sendOne(command: Command): Promise<Drained | undefined> {
		const path = pathOf(command, command.reverses === undefined ? undefined : this.#known.get(command.reverses));
		if (path === undefined) {
			// Commands before it are answered, and what it takes back was not done.
			await this.#update(command.key, whileWaiting((c) => ({ ...c, state: "withdrawn" })));
			return undefined;
		}
		if (!command.sent) {
			const marked = await this.#update(command.key, whileWaiting((c) => ({ ...c, sent: true })));
			if (marked?.state !== "waiting") {
				return undefined; // withdrawn at the last moment
			}
		}
		const answer = await this.#o.send(command, path);
		switch (answer.kind) {
			case "done":
				await this.#update(command.key, whileWaiting((c) => ({ ...c, state: "done", entryId: answer.entryId })), { result: answer.result });
				return undefined;
			case "refused":
				await this.#update(command.key, whileWaiting((c) => ({ ...c, state: c.promised ? "review" : "refused", problem: answer.problem })), {});
				return undefined;
			case "unknown":
				return "stuck";
			case "signed out":
				return "signed out";
		}
	}

	/**
	 * Changes a command. What the server answered may be lost with the power: then it is
	 * asked again under the same key, and answers the same.
	 */
	async #update(key: string, change: Change, answered?: { result?: unknown }): Promise<Command | undefined> {
		const seen = { change: false };
		const known = answered && this.#known.get(key);
		const next = known && change(known);
		if (next) {
			// Told before it is written: whoever waits for the answer waits for no disk.
			this.#known.set(key, { ...next, changedAt: this.#o.now() });
			this.#o.changed?.({ ...next, changedAt: this.#o.now() }, answered);
		}
		const there = await this.#o.store.update(key, (c) => {
			const next = change(c);
			seen.change = next !== undefined;
			return next && { ...next, changedAt: this.#o.now() };
		}, answered === undefined);
		if (there) {
			this.#known.set(key, there);
			if (seen.change && !next) {
				this.#o.changed?.(there, answered);
			}
		}
		return there;
	}

	#exclusively(work: () => Promise<void>): Promise<void> {
		return this.#o.exclusive ? this.#o.exclusive(work) : work();
	}
}

/** Makes a change of commands that wait, and of no others. */
function whileWaiting(change: (c: Command) => Command): Change {
	return (c) => (c?.state === "waiting" ? change(c) : undefined);
}
