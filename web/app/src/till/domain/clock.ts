// The server's clock, as far as the till can tell. A stamp that is sent later says
// when it was given; the rules refuse one from the future, and a till's own clock may
// be wrong by more than they forgive.

/** The Date header has whole seconds, so a smaller difference means nothing. */
const WORTH_CORRECTING_MS = 2_000;

export interface Clock {
	/** The server's time in UTC milliseconds, as well as it is known. */
	now(): number;
}

/** Learns the difference between two clocks from what the server says. */
export class ServerClock implements Clock {
	readonly #own: () => number;
	/** Server's minus own, in milliseconds; kept on the device between runs. */
	offset: number;

	constructor(offset = 0, own: () => number = Date.now) {
		this.offset = offset;
		this.#own = own;
	}

	now(): number {
		return this.#own() + this.offset;
	}

	/** Takes in the Date header of an answer that just came. Reports whether the offset changed. */
	hear(date: string | null): boolean {
		const at = Date.parse(date ?? "");
		if (Number.isNaN(at)) {
			return false;
		}
		const offset = at - this.#own();
		if (Math.abs(offset - this.offset) < WORTH_CORRECTING_MS) {
			return false;
		}
		this.offset = Math.abs(offset) < WORTH_CORRECTING_MS ? 0 : offset;
		return true;
	}
}

/** Making one takes longer than using it a hundred times. A till meets one zone, or two. */
const calendars = new Map<string, Intl.DateTimeFormat>();

function calendar(zone: string): Intl.DateTimeFormat {
	let known = calendars.get(zone);
	if (!known) {
		try {
			known = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
		} catch {
			known = calendar("UTC"); // a zone that this browser does not know
		}
		calendars.set(zone, known);
	}
	return known;
}

/** Returns the day of an instant in a time zone, as 2026-11-21. */
export function dayOf(at: number, zone: string | undefined): string {
	return calendar(zone || "UTC").format(at);
}
