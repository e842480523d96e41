// A value that screens watch.

import { useSyncExternalStore } from "react";

export class Store<T extends object> {
	#value: T;
	readonly #watchers = new Set<() => void>();
	#telling = false;

	constructor(value: T) {
		this.#value = value;
	}

	get = (): T => this.#value;

	/** Changes some members. Watchers hear of all the changes of one moment at once. */
	set(change: Partial<T>): void {
		this.#value = { ...this.#value, ...change };
		if (!this.#telling) {
			this.#telling = true;
			queueMicrotask(() => {
				this.#telling = false;
				for (const watcher of this.#watchers) {
					watcher();
				}
			});
		}
	}

	watch = (watcher: () => void): (() => void) => {
		this.#watchers.add(watcher);
		return () => this.#watchers.delete(watcher);
	};
}

export function useStore<T extends object>(store: Store<T>): T {
	return useSyncExternalStore(store.watch, store.get);
}
