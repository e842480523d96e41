// What is done with the test customer of a program that is tried out. The server plays
// all of it anew after each step, so changing the program changes the past as well.

import type { Schema } from "../../api/client.ts";

export type Step = Schema["TryOutStep"];

export interface Trial {
	readonly steps: readonly Step[];
	/** The instant that it is for the test customer, in milliseconds. */
	readonly at: number;
}

/** The most steps that the server plays. */
export const MAX_STEPS = 100;

const MINUTE_MS = 60_000;
/** How time can pass. */
export const JUMPS = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1440 * MINUTE_MS, week: 7 * 1440 * MINUTE_MS, month: 30 * 1440 * MINUTE_MS } as const;
export type Jump = keyof typeof JUMPS;

/** Begins now or, for a program that begins later, a minute after it does. */
export function begin(now: number, startsAt: string | undefined): Trial {
	return { steps: [], at: Math.max(now, startsAt ? Date.parse(startsAt) + MINUTE_MS : 0) };
}

export type Deed = Omit<Step, "at">;

/** Does something at the instant that it is. */
export function does(t: Trial, deed: Deed): Trial {
	return t.steps.length < MAX_STEPS ? { ...t, steps: [...t.steps, { ...deed, at: new Date(t.at).toISOString() }] } : t;
}

/** Lets time pass. */
export const later = (t: Trial, jump: Jump): Trial => ({ ...t, at: t.at + JUMPS[jump] });

/** Returns the number of the last step that can be taken back, undefined if there is none. */
export function reversible(t: Trial, outcomes: readonly Schema["TriedStep"][]): number | undefined {
	const taken = new Set(t.steps.filter((s, i) => s.kind === "reverse" && !outcomes[i]?.refusal).map((s) => s.step));
	for (let n = Math.min(t.steps.length, outcomes.length); n >= 1; n--) {
		const step = t.steps[n - 1];
		if (step && step.kind !== "reverse" && !outcomes[n - 1]?.refusal && !taken.has(n)) {
			return n;
		}
	}
	return undefined;
}
