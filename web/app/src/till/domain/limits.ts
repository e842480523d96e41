// What a till may give while it cannot ask: never more than the program's limits
// leave, as far as this device knows. The server judges again, and knows more.

import { type Command, MAX_QUANTITY } from "./command.ts";
import { dayOf } from "./clock.ts";

/** The limits of a program; 0 is no limit. */
export interface Limits {
	max_per_scan: number;
	max_per_card_day: number;
	cool_down_seconds: number;
	max_per_staff_day: number;
}

export type LimitCode = "scan_limit_reached" | "daily_limit_reached" | "cool_down" | "staff_daily_limit_reached";

/** The most stamps that can be given now and, where that is fewer than asked for, why. */
export interface Allowance {
	most: number;
	/** What stands in the way of one more than the most; not set if only MAX_QUANTITY does. */
	limit?: { code: LimitCode; number: number };
}

/** What the server said of a card when it was scanned. */
export interface Seen {
	at: number;
	/** The stamps that the day had left, if it said that. */
	left: number | undefined;
	/** Whether the card was cooling down: its last stamp was earlier, nobody said when. */
	cooling: boolean;
}

/** Reads what the answer to a scan says of the limits. */
export function seenOf(allowed: { stamp: boolean; max_quantity: number; refusal?: { code: string } }, limits: Limits, at: number): Seen {
	const code = allowed.refusal?.code;
	// The most at once may be that of a scan, which says nothing of the day.
	const ofTheDay = allowed.stamp && allowed.max_quantity < (limits.max_per_scan || MAX_QUANTITY);
	return { at, left: code === "daily_limit_reached" ? 0 : ofTheDay ? allowed.max_quantity : undefined, cooling: code === "cool_down" };
}

/** What the device remembers, to count by. */
export interface Memory {
	/** All commands of the day, whatever became of them. */
	commands: readonly Command[];
	/** What a scan told of the card, which counts what other tills had given by then. */
	seen?: Seen;
	zone: string | undefined;
}

/** Joins the limits of the programs that an unknown card may be of: the strictest of each. */
export function strictest(all: readonly Limits[]): Limits {
	const least = (of: (l: Limits) => number) => all.map(of).filter((n) => n > 0).reduce((a, b) => Math.min(a, b), Infinity);
	const orNone = (n: number) => (n === Infinity ? 0 : n);
	return {
		max_per_scan: orNone(least((l) => l.max_per_scan)),
		max_per_card_day: orNone(least((l) => l.max_per_card_day)),
		cool_down_seconds: Math.max(0, ...all.map((l) => l.cool_down_seconds)),
		max_per_staff_day: orNone(least((l) => l.max_per_staff_day)),
	};
}

/** Commands that gave stamps, or will as far as this device knows. */
function counts(c: Command, all: readonly Command[]): boolean {
	if (c.kind !== "stamp" || (c.state !== "waiting" && c.state !== "done")) {
		return false;
	}
	const reversal = c.reversedBy === undefined ? undefined : all.find((r) => r.key === c.reversedBy);
	return reversal === undefined || (reversal.state !== "waiting" && reversal.state !== "done");
}

/** Returns how many stamps the staff member may give the card at an instant. */
export function allowance(limits: Limits, card: string, staffId: string, at: number, memory: Memory): Allowance {
	const given = memory.commands.filter((c) => counts(c, memory.commands));
	const today = dayOf(at, memory.zone);
	const ofToday = given.filter((c) => dayOf(c.at, memory.zone) === today);
	const sum = (of: (c: Command) => boolean) => ofToday.filter(of).reduce((n, c) => n + c.quantity, 0);

	let result: Allowance = { most: MAX_QUANTITY };
	const cap = (most: number, code: LimitCode, number: number) => {
		if (most < result.most) {
			result = { most: Math.max(0, most), limit: { code, number } };
		}
	};
	if (limits.max_per_scan > 0) {
		cap(limits.max_per_scan, "scan_limit_reached", limits.max_per_scan);
	}
	if (limits.max_per_card_day > 0) {
		cap(limits.max_per_card_day - sum((c) => c.card === card), "daily_limit_reached", limits.max_per_card_day);
		const { seen } = memory;
		if (seen?.left !== undefined && dayOf(seen.at, memory.zone) === today) {
			cap(seen.left - sum((c) => c.card === card && c.at >= seen.at), "daily_limit_reached", limits.max_per_card_day);
		}
	}
	if (limits.max_per_staff_day > 0) {
		cap(limits.max_per_staff_day - sum((c) => c.staffId === staffId), "staff_daily_limit_reached", limits.max_per_staff_day);
	}
	const stamped = given.filter((c) => c.card === card).map((c) => c.at);
	const wait = limits.cool_down_seconds * 1000 - Math.min(...[...stamped, ...(memory.seen?.cooling ? [memory.seen.at] : [])].map((then) => Math.abs(at - then)));
	if (limits.cool_down_seconds > 0 && wait > 0) {
		cap(0, "cool_down", Math.ceil(wait / 1000));
	}
	return result;
}
