// What somebody is typing, compared with what is stored. Values are compared member by
// member, as JSON.

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

const members = <T extends object>(values: T) => Object.keys(values) as (keyof T)[];

/** Returns the members of values that are not as they were. */
export function changed<T extends object>(base: T, values: T): (keyof T)[] {
	return members(values).filter((m) => !same(base[m], values[m]));
}

/** Returns only the members of values that are not as they were. */
export function difference<T extends object>(base: T, values: T): Partial<T> {
	return Object.fromEntries(changed(base, values).map((m) => [m, values[m]])) as Partial<T>;
}

export interface Merge<T> {
	/** Their version with what only we changed. In what both changed it is theirs. */
	theirs: T;
	/** Their version with all that we changed. */
	mine: T;
	/** What both changed, and not to the same. */
	both: (keyof T)[];
}

/** Brings together two changes of one base. */
export function merge<T extends object>(base: T, mine: T, theirs: T): Merge<T> {
	const ours = changed(base, mine);
	const both = ours.filter((m) => !same(base[m], theirs[m]) && !same(mine[m], theirs[m]));
	const pick = (which: (keyof T)[]) => ({ ...theirs, ...Object.fromEntries(which.map((m) => [m, mine[m]])) });
	return { theirs: pick(ours.filter((m) => !both.includes(m))), mine: pick(ours), both };
}
