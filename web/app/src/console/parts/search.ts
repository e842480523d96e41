// What a room keeps in the address: each part by the check that it passes, and nothing
// else. What somebody mistyped there is left out.

/** Returns the value if it is one that the room takes. */
export type Check<T extends string> = (value: unknown) => T | undefined;

export const text: Check<string> = (value) => (typeof value === "string" && value !== "" ? value : undefined);

/** A day of the calendar, such as 2026-03-01. */
export const calendar: Check<string> = (value) =>
	typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value) ? value : undefined;

/** One of some words. */
export const oneOf = <T extends string>(words: readonly T[]): Check<T> => (value) => words.find((w) => w === value);

type Found<C> = { [K in keyof C]?: C[K] extends Check<infer T> ? T : never };

/** Makes the validateSearch of a room from its checks. */
export const searchOf = <C extends Record<string, Check<string>>>(checks: C) => (search: Record<string, unknown>): Found<C> =>
	Object.fromEntries(Object.entries(checks).flatMap(([key, check]) => {
		const value = check(search[key]);
		return value === undefined ? [] : [[key, value]];
	})) as Found<C>;

/** Returns the search with one part changed, or without it. */
export function changed<S extends object>(search: S, part: keyof S, value: string | undefined): S {
	const others = Object.entries(search).filter(([key]) => key !== part);
	return Object.fromEntries(value ? [...others, [part, value]] : others) as S;
}
