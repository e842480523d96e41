// How long a change of all passes will still take.

import type { PassStats } from "../data/passes.ts";

export type Spread = NonNullable<PassStats["spread"]>;

const MINUTE_MS = 60_000;

/** Whole minutes until the last phone is told, at least one; null if nobody can say yet. */
export function leftOf(spread: Pick<Spread, "ends_at">, now: number): number | null {
	return spread.ends_at === null ? null : Math.max(1, Math.ceil((Date.parse(spread.ends_at) - now) / MINUTE_MS));
}
