// How a card is found: by the server, or by what this till has seen today.

import { type Schema, answerOf } from "../../api/client.ts";
import { Refused, Unanswered } from "../../api/problem.ts";
import { dayOf } from "../domain/clock.ts";
import { waitingStamps } from "../domain/command.ts";
import { type Handle, readHandle, readOldNumber } from "../domain/handle.ts";
import { allowance, seenOf, strictest } from "../domain/limits.ts";
import { say } from "../texts.ts";
import type { Core } from "./core.ts";
import type { Found, Scan } from "./view.ts";

/** How long a cashier waits for an answer: then what this till knows is shown, and what was done is kept for later. */
export const PATIENCE_MS = 2_500;
/** After how long a card is written to the device. */
const REMEMBER_MS = 400;

/** What finding needs of the till. */
type Needed = Pick<Core, "view" | "clock" | "asCashier" | "heard" | "tell" | "zone"> & {
	db: Pick<Core["db"], "seen" | "remember">;
	outbox: Pick<Core["outbox"], "commands">;
};

export class Finding {
	readonly #core: Needed;

	constructor(core: Needed) {
		this.#core = core;
	}

	/**
	 * Finds the card of what was scanned or typed, undefined if nobody can be asked and it can
	 * be no card's. It throws what the server refused.
	 */
	async find(typed: string): Promise<Found | undefined> {
		const handle = readHandle(typed);
		if (this.#core.view.get().network === "good") {
			const asked = this.#askFor(handle, typed);
			try {
				return await this.#orKnown(asked, handle.text);
			} catch (e) {
				if (!(e instanceof Unanswered)) {
					if (e instanceof Refused && e.status === 404 && handle.kind !== "code") {
						this.#core.view.set({ strange: readOldNumber(typed) || undefined });
					}
					throw e;
				}
				this.#core.heard(undefined);
			}
		}
		const seen = await this.#known(handle.text);
		if (!seen && handle.kind !== "code" && handle.kind !== "number") {
			this.#core.tell("unknown", say("counter.unknown"), say(handle.kind === "phone" ? "offline.no_phone" : "counter.unknown_text"));
			return undefined;
		}
		return seen ?? this.alone({ handle: handle.text, card: handle.text, scan: undefined });
	}

	async #askFor(handle: Handle, typed: string): Promise<Found> {
		const scannedAt = this.#core.clock.now();
		const rotating = handle.kind === "code" ? handle.rotating : undefined;
		const scan = await this.scan(rotating ?? handle.text, handle.kind === "code");
		this.#remember(scan, rotating ? [handle.text] : [handle.text, typed]);
		return { handle: handle.text, card: scan.card.id, scan, scannedAt, ...(rotating && { rotating }) };
	}

	/**
	 * Waits for the answer, but no longer than a cashier does if the till has seen the card
	 * today: then it shows what it knows, and the answer takes its place when it comes.
	 */
	async #orKnown(asked: Promise<Found>, handle: string): Promise<Found> {
		const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
		const known = await Promise.race([asked, late]) ?? await this.#known(handle);
		if (known?.asOf === undefined) {
			return asked;
		}
		void asked.then((found) => {
			const now = this.#core.view.get().found;
			if (now?.handle === handle && now.asOf !== undefined && this.waitingFor(now) === 0) {
				this.#core.view.set({ found });
			}
		}, () => undefined);
		return known;
	}

	/** What this till has seen of a card today. */
	async #known(handle: string): Promise<Found | undefined> {
		const seen = await this.#core.db.seen(handle);
		return seen && this.alone({ handle, card: seen.card, scan: seen.scan, asOf: seen.at, scannedAt: seen.at });
	}

	/** Asks for a card that was found before as it is now. */
	async again(found: Found): Promise<Found> {
		const scannedAt = this.#core.clock.now();
		const scan = await this.scan(found.rotating ?? found.handle, readHandle(found.handle).kind === "code");
		this.#remember(scan, [found.handle]);
		return { handle: found.handle, card: scan.card.id, scan, scannedAt, ...(found.rotating && { rotating: found.rotating }) };
	}

	/** Asks for the card; a number or phone in the chosen program first, then in any. */
	async scan(code: string, isCode: boolean): Promise<Scan> {
		const location_id = this.#core.view.get().device?.locationId ?? "";
		const program_id = this.#core.view.get().settings.program;
		const ask = (body: Schema["ScanCreation"]) => answerOf(this.#core.asCashier.POST("/v1/scans", { body }));
		if (!isCode && program_id !== "" && this.programs().length > 1) {
			try {
				return await ask({ code, location_id, program_id });
			} catch (e) {
				if (!(e instanceof Refused) || e.status !== 404) {
					throw e;
				}
			}
		}
		return ask({ code, location_id });
	}

	/** What can be given while nobody can be asked. */
	alone(found: Found): Found {
		const programs = this.programs().filter((p) => !found.scan || p.id === found.scan.program.id);
		const limits = strictest(programs.map((p) => p.limits));
		return {
			...found,
			allowance: allowance(limits, found.card, this.#core.view.get().cashier?.staffId ?? "", this.#core.clock.now(), {
				commands: this.#core.outbox.commands(), zone: this.#core.zone(),
				...(found.scan && found.scannedAt !== undefined && { seen: seenOf(found.scan.allowed, limits, found.scannedAt) }),
			}),
		};
	}

	/** Keeps the card for when there is no network; not at once, for the cashier waits for other things. */
	#remember(scan: Scan, handles: string[]): void {
		const now = this.#core.clock.now();
		setTimeout(() => void this.#keep(scan, handles, now), REMEMBER_MS);
	}

	async #keep(scan: Scan, handles: string[], now: number): Promise<void> {
		const today = dayOf(now, this.#core.zone());
		const midnight = Date.parse(today + "T00:00:00Z") - 14 * 60 * 60 * 1000; // of the earliest zone
		await this.#core.db.remember({ card: scan.card.id, handles: handles.filter((h) => h !== ""), scan, at: now }, midnight);
	}

	/** The programs in which something can be earned now. */
	programs(): Schema["Program"][] {
		return this.#core.view.get().shop?.programs.filter((p) => p.status === "active") ?? [];
	}

	/** The stamps that wait to be sent for the card on the screen. */
	waitingFor(found: Found): number {
		const all = this.#core.view.get().commands;
		return waitingStamps(all, found.card) + (found.card === found.handle ? 0 : waitingStamps(all, found.handle));
	}
}
