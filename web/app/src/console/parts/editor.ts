// Editing something that has versions: what is sent is what was changed, and a change
// that somebody else made in the meantime is brought together with ours or shown.

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Refused } from "../../api/problem.ts";
import { changed, merge, type Merge } from "./draft.ts";

export interface Draft<V extends object> {
	base: V;
	values: V;
	dirty: boolean;
	set: (part: Partial<V>) => void;
	/** Begins anew from other values, with what is typed as it should be then. */
	reset: (base: V, values?: V) => void;
}

/** Holds what is typed into a form. */
export function useDraft<V extends object>(initial: V): Draft<V> {
	const [{ base, values }, setDraft] = useState({ base: initial, values: initial });
	return {
		base, values, dirty: changed(base, values).length > 0,
		set: (part) => setDraft((d) => ({ ...d, values: { ...d.values, ...part } })),
		reset: (to, typed = to) => setDraft({ base: to, values: typed }),
	};
}

interface EditorOptions<S extends { version: number }, V extends object> {
	/** What is stored. */
	stored: S;
	/** What of it is in the form. */
	valuesOf: (stored: S) => V;
	/** Sends what was changed to a version. */
	send: (base: V, values: V, version: number) => Promise<S>;
	/** Reads what is stored anew. */
	reread: () => Promise<S>;
	saved: (stored: S) => void;
}

export interface Editor<V extends object> extends Draft<V> {
	save: () => void;
	saving: boolean;
	error: unknown;
	/** What both changed; nothing is stored until one of the two ways is chosen. */
	conflict: (Merge<V> & { stored: V }) | undefined;
	keepMine: () => void;
	takeTheirs: () => void;
	discard: () => void;
}

interface Conflict<S, V> extends Merge<V> {
	stored: V;
	now: S;
}

export function useEditor<S extends { version: number }, V extends object>(o: EditorOptions<S, V>): Editor<V> {
	const [from, setFrom] = useState(o.stored);
	const draft = useDraft(o.valuesOf(o.stored));
	const [conflict, setConflict] = useState<Conflict<S, V>>();
	// Nothing was typed, and something newer was read: the form shows it.
	if (o.stored.version > from.version && !draft.dirty && !conflict) {
		setFrom(o.stored);
		draft.reset(o.valuesOf(o.stored));
	}
	const sending = useMutation({
		mutationFn: async ({ base, values, version }: { base: V; values: V; version: number }) => {
			try {
				return await o.send(base, values, version);
			} catch (e) {
				if (!(e instanceof Refused) || e.code !== "version_mismatch") {
					throw e;
				}
			}
			const now = await o.reread();
			const stored = o.valuesOf(now);
			const merged = merge(base, values, stored);
			if (merged.both.length > 0) {
				setConflict({ ...merged, stored, now });
				return undefined;
			}
			// They changed something else, so both changes can stand.
			return o.send(stored, merged.mine, now.version);
		},
		onSuccess: (stored) => {
			if (stored) {
				setFrom(stored);
				draft.reset(o.valuesOf(stored));
				o.saved(stored);
			}
		},
	});
	const settle = (c: Conflict<S, V>, values: V) => {
		setConflict(undefined);
		setFrom(c.now);
		draft.reset(c.stored, values);
	};
	return {
		...draft, conflict, saving: sending.isPending, error: sending.error,
		save: () => sending.mutate({ base: draft.base, values: draft.values, version: from.version }),
		discard: () => { sending.reset(); draft.reset(draft.base); },
		keepMine: () => {
			if (conflict) {
				settle(conflict, conflict.mine);
				sending.mutate({ base: conflict.stored, values: conflict.mine, version: conflict.now.version });
			}
		},
		takeTheirs: () => {
			if (conflict) {
				settle(conflict, conflict.theirs);
			}
		},
	};
}
