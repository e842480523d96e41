import type { Entry } from "../data/customers.ts";

const REVERSIBLE: ReadonlySet<Entry["kind"]> = new Set(["stamp", "welcome", "adjust", "redeem"]);

/**
 * Tells whether it makes sense to offer taking an entry back, as far as the entries that
 * were read show. The server has the last word.
 */
export function mayBeReversed(entry: Entry, read: readonly Entry[]): boolean {
	return REVERSIBLE.has(entry.kind) && !read.some((e) => e.reverses === entry.id);
}
