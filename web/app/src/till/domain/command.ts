// What a cashier told the till to do that moves value: give stamps, redeem, take back.
// A command is written to the device before anything else happens with it, under a
// key that stays the same until the server has answered it.

import type { ProblemBody } from "../../api/problem.ts";

export type CommandKind = "stamp" | "redemption" | "reversal";

/**
 * - waiting: not answered yet
 * - done: the server carried it out
 * - refused: the server said no while the cashier was looking, who was told
 * - review: the server said no after the cashier was told that it would be done; a
 *   person has to decide
 * - settled: a person decided
 * - withdrawn: taken back before it was ever sent, or there was nothing to take back
 */
export type CommandState = "waiting" | "done" | "refused" | "review" | "settled" | "withdrawn";

export interface Command {
	/** The Idempotency-Key: till, the device's count and a UUIDv7. */
	readonly key: string;
	/** The device's own count; commands are sent in its order, and a gap is a loss. */
	readonly count: number;
	readonly kind: CommandKind;
	/** When it was given, UTC milliseconds by the server's clock. */
	readonly at: number;
	/** Who gave it: it is sent with their session if that is open. */
	readonly staffId: string;
	readonly staffName: string;
	/** What is sent. The same key goes with the same body, so it never changes. */
	readonly body: Readonly<Record<string, unknown>>;
	/** Where to. A reversal of what was not answered yet learns it with the answer. */
	readonly path?: string;
	/** The key of the command that this one takes back. */
	readonly reverses?: string;
	/** The card as the till knows it: its id, else what was scanned. */
	readonly card: string;
	/** What to show in lists: the customer, and the reward of a redemption. */
	readonly who: string;
	readonly reward?: string;
	readonly quantity: number;

	readonly state: CommandState;
	/** Whether it may have reached the server. */
	readonly sent: boolean;
	/** Whether the cashier was told that it will be done, later. */
	readonly promised: boolean;
	/** The ledger entry that it became. */
	readonly entryId?: string;
	/** The key of the command that took this one back. */
	readonly reversedBy?: string;
	readonly problem?: ProblemBody;
	/** When the state last changed. */
	readonly changedAt: number;
	/** The review that it became in the office. */
	readonly reviewId?: string;
	/** The office does not take it: it has to be settled here. */
	readonly unwanted?: boolean;
	/** What the office made of it, and what a person said about it. */
	readonly decided?: "entered" | "dismissed";
	readonly note?: string;
}

/** The most commands that may wait; a till offline for days stays far below it. */
export const MAX_WAITING = 2_000;
/** The most stamps that one command may give, whatever the program says. */
export const MAX_QUANTITY = 100;

/** Makes the key of a command. It is at most 255 ASCII characters, as the API asks. */
export function commandKey(tillId: string, count: number, uuid: string): string {
	return `${tillId}:${count}:${uuid}`;
}

export const isOpen = (c: Command) => c.state === "waiting" || c.state === "review";

/** Whether it would be lost with the device: it waits, or only the device knows that it is for review. */
export const isHere = (c: Command) => c.state === "waiting" || (c.state === "review" && c.reviewId === undefined);

/** The path of a command, undefined while it depends on an answer that is not there. */
export function pathOf(command: Command, parent: Command | undefined): string | undefined {
	if (command.path) {
		return command.path;
	}
	return parent?.entryId ? `/v1/entries/${parent.entryId}/reversal` : undefined;
}

/** The stamps that wait for a card, given less taken back. */
export function waitingStamps(commands: Iterable<Command>, card: string): number {
	let sum = 0;
	for (const c of commands) {
		if (c.state === "waiting" && c.card === card && c.kind !== "redemption") {
			sum += c.kind === "stamp" ? c.quantity : -c.quantity;
		}
	}
	return sum;
}
