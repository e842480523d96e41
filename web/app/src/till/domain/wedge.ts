// A scanner that types: it sends its text as key strokes, much faster than a person,
// and Enter at the end. It works without a focused field.

/** The longest time between two strokes of a scanner, in milliseconds. */
export const BURST_MS = 60;
/** The same text within this time is one reading, not two. */
export const REPEAT_MS = 2_000;
/** Fewer characters are a person with quick fingers. */
export const MIN_LENGTH = 4;
/** A burst that does not end is cut off: no code is so long. */
export const MAX_LENGTH = 128;

export interface Stroke {
	/** As KeyboardEvent.key: one character, or the name of a key. */
	key: string;
	/** When, in milliseconds on a clock that does not go back. */
	at: number;
}

/**
 * What a stroke means. "typing" is none of ours; "burst" is part of what a scanner may
 * be sending, so nobody else should take it; "read" ends one; "repeat" ends one that
 * was read a moment ago.
 */
export type Meaning = { kind: "typing" } | { kind: "burst" } | { kind: "read" | "repeat"; text: string; slowest: number };

/** Tells scanners from people. One for each page. */
export class Wedge {
	#text = "";
	#lastStroke = Number.NEGATIVE_INFINITY;
	#slowest = 0;
	#lastRead = { text: "", at: Number.NEGATIVE_INFINITY };

	feed({ key, at }: Stroke): Meaning {
		if (key === "Shift" || key === "CapsLock") {
			return { kind: this.#text === "" ? "typing" : "burst" }; // scanners press them for capitals
		}
		const pause = at - this.#lastStroke;
		if (pause >= BURST_MS) {
			this.#text = "";
			this.#slowest = 0;
		} else if (this.#text !== "") {
			this.#slowest = Math.max(this.#slowest, pause);
		}
		this.#lastStroke = at;
		if (key === "Enter" || key === "Tab") {
			return this.#end(at);
		}
		if (key.length !== 1) {
			this.#text = "";
			return { kind: "typing" };
		}
		this.#text = (this.#text + key).slice(0, MAX_LENGTH + 1);
		return { kind: this.#text.length > 1 ? "burst" : "typing" };
	}

	/** Forgets what was begun, for example when a field takes the focus. */
	reset(): void {
		this.#text = "";
	}

	#end(at: number): Meaning {
		const text = this.#text;
		const slowest = this.#slowest;
		this.#text = "";
		if (text.length < MIN_LENGTH || text.length > MAX_LENGTH) {
			return { kind: "typing" };
		}
		const again = text === this.#lastRead.text && at - this.#lastRead.at < REPEAT_MS;
		this.#lastRead = { text, at: again ? this.#lastRead.at : at };
		return { kind: again ? "repeat" : "read", text, slowest };
	}
}
