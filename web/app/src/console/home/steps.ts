// What a new shop has to do before its first customer is served, and what of it is done.

import type { Location } from "../data/locations.ts";
import type { Program, ProgramStats } from "../data/programs.ts";
import type { Staff } from "../data/staff.ts";
import type { Till } from "../data/tills.ts";

export interface Known {
	locations: readonly Location[];
	programs: readonly Program[];
	staff: readonly Staff[];
	tills: readonly Till[];
	stats: readonly ProgramStats[];
}

export const STEPS = ["location", "program", "staff", "till", "card", "stamp"] as const;
export type Step = (typeof STEPS)[number];

/** Returns the steps that are done, as the shop's own things show. */
export function doneSteps(k: Known): ReadonlySet<Step> {
	const done: Record<Step, boolean> = {
		location: k.locations.length > 0,
		program: k.programs.some((p) => p.status === "active"),
		staff: k.staff.some((s) => s.active && s.has_pin),
		till: k.tills.some((t) => !t.revoked_at),
		card: k.stats.some((s) => s.cards > 0),
		stamp: k.stats.some((s) => s.stamps > 0),
	};
	return new Set(STEPS.filter((s) => done[s]));
}
