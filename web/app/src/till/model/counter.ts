// What happens at the counter: a card is shown, stamped, redeemed, and that taken back.

import type { Schema } from "../../api/client.ts";
import { Refused } from "../../api/problem.ts";
import { words } from "../../locale/locale.ts";
import { type Command, commandKey } from "../domain/command.ts";
import { explain, limitSentence, say } from "../texts.ts";
import { began } from "./pace.ts";
import type { Core } from "./core.ts";
import { type Finding, PATIENCE_MS } from "./finding.ts";
import type { Coupon, Found } from "./view.ts";

/** How long a stamp or redemption can be taken back by one tap. */
export const UNDO_MS = 10_000;
/** After how long a search is worth a word. */
const SEARCHING_MS = 300;
/** Refusals that say that the card has been stamped, which is no fault. */
const ALREADY = new Set(["cool_down", "daily_limit_reached"]);

type LedgerResult = Schema["LedgerResult"];

export class Counter {
	readonly #core: Core;
	readonly #finding: Finding;

	constructor(core: Core, finding: Finding) {
		this.#core = core;
		this.#finding = finding;
		core.late = (command) => this.#tellLate(command);
	}

	// ---- Showing a card ------------------------------------------------------------

	/** Shows the card of what was scanned or typed. */
	async find(input: string): Promise<void> {
		const typed = input.trim();
		if (typed === "" || !this.#core.view.get().cashier) {
			return;
		}
		began("scan");
		const found = await this.#once(async () => {
			this.#core.view.set({ found: undefined, outcome: undefined, undo: undefined, newCard: undefined, strange: undefined });
			const searching = setTimeout(() => this.#core.tell("wait", say("counter.searching")), SEARCHING_MS);
			try {
				return await this.#finding.find(typed);
			} finally {
				clearTimeout(searching);
			}
		}, say("counter.failed"));
		if (!found) {
			return;
		}
		this.#core.view.set({ found, outcome: undefined });
		if (this.#core.view.get().settings.automatic && this.mostStamps(found) > 0) {
			await this.#give(found, 1);
		}
	}

	/** The most stamps that the card on the screen can be given now. */
	mostStamps(found: Found): number {
		if (found.allowance) {
			return found.allowance.most;
		}
		return found.scan?.allowed.stamp ? found.scan.allowed.max_quantity : 0;
	}

	/** Whether a coupon's program lets tills redeem without network; one that is not known does not. */
	mayRedeemAlone(coupon: Coupon): boolean {
		const program = this.#core.view.get().shop?.programs.find((p) => p.id === coupon.program_id);
		// What a rotating code is worth, only the server can tell.
		return program !== undefined && program.limits.redeem_offline && program.redeem_code !== "rotating";
	}

	/** Clears the counter for the next customer. */
	next(): void {
		this.#core.view.set({ found: undefined, outcome: undefined, undo: undefined, newCard: undefined, strange: undefined });
	}

	// ---- Moving value ----------------------------------------------------------------

	/** Gives the card on the screen stamps. */
	async stamp(quantity: number): Promise<void> {
		const { found } = this.#core.view.get();
		if (found && Number.isInteger(quantity) && quantity > 0) {
			began("press");
			await this.#give(found, quantity);
		}
	}

	async #give(found: Found, quantity: number): Promise<void> {
		const { device } = this.#core.view.get();
		if (!device) {
			return;
		}
		if (found.allowance && quantity > found.allowance.most) {
			const { limit } = found.allowance;
			this.#core.tell(limit && ALREADY.has(limit.code) ? "already" : "refused", say("counter.refused"), limit ? limitSentence(limit) : "");
			return;
		}
		await this.#once(async () => {
			const at = this.#core.clock.now();
			const card = found.scan ? { card_id: found.scan.card.id } : { code: found.handle };
			const { command, result } = await this.#carryOut({
				kind: "stamp", path: "/v1/stamps", quantity, at,
				body: { ...card, quantity, location_id: device.locationId, at: new Date(at).toISOString() },
			}, found, true);
			this.#tellStamp(command, result as LedgerResult | undefined, quantity, found);
		}, say("counter.refused"));
	}

	#tellStamp(command: Command, result: LedgerResult | undefined, quantity: number, found: Found): void {
		const title = say("counter.stamped", { count: quantity });
		const who = found.scan?.display_name ?? "";
		if (command.state === "waiting") {
			this.#core.tell("saved", say("offline.saved", { count: quantity }), say("offline.saved_text"));
			this.#offerUndo(command.key);
			this.#core.view.set({ found: this.#finding.alone({ ...found, asOf: found.asOf ?? this.#core.clock.now() }) });
		} else if (command.state === "done") {
			const issued = result?.coupons ?? [];
			if (issued.length > 0) {
				this.#core.tell("reward", title, issued.map((c) => say("counter.reward_ready", { reward: words(c.name) })).join(" "));
			} else {
				this.#core.tell("good", title, who);
			}
			this.#offerUndo(command.key);
			this.#applied(found, result);
		} else {
			const kind = ALREADY.has(command.problem?.code ?? "") ? "already" : "refused";
			this.#core.tell(kind, say(kind === "already" ? "outcome.already" : "counter.refused"), reason(command));
			void this.#refresh(found);
		}
	}

	async redeem(coupon: Coupon): Promise<void> {
		const { found, device, network } = this.#core.view.get();
		if (!found || !device) {
			return;
		}
		const alone = this.mayRedeemAlone(coupon);
		if ((found.asOf !== undefined || network === "gone") && !alone) {
			this.#core.tell("refused", say("counter.refused_redeem"), say("offline.no_redeem"));
			return;
		}
		const reward = words(coupon.name);
		began("press");
		await this.#once(async () => {
			const { command, result } = await this.#carryOut({
				kind: "redemption", path: `/v1/coupons/${coupon.id}/redemption`, quantity: 0, at: this.#core.clock.now(),
				body: { location_id: device.locationId, ...(found.rotating && { code: found.rotating }) }, reward,
			}, found, alone);
			if (command.state === "waiting" && command.promised) {
				this.#core.tell("saved", say("offline.redeemed", { reward }), say("offline.saved_text"));
				this.#offerUndo(command.key);
				this.#without(found, coupon.id);
			} else if (command.state === "waiting") {
				this.#core.tell("wait", say("offline.redeem_unknown"), say("offline.redeem_unknown_text"));
			} else if (command.state === "done") {
				this.#core.tell("reward", say("counter.redeemed", { reward }), found.scan?.display_name ?? "");
				this.#offerUndo(command.key);
				this.#applied(withoutCode(found), result as LedgerResult | undefined);
			} else {
				this.#core.tell("refused", say("counter.refused_redeem"), reason(command));
				void this.#refresh(command.problem?.code === "rotating_code_used" ? withoutCode(found) : found);
			}
		}, say("counter.refused_redeem"));
	}

	/** Takes a command back: within ten seconds by one tap, later with a reason. */
	async takeBack(key: string, why?: string): Promise<void> {
		const { device, found } = this.#core.view.get();
		const command = this.#core.outbox.get(key);
		if (!command || !device || command.reversedBy !== undefined) {
			return;
		}
		began("press");
		await this.#once(async () => {
			this.#core.view.set({ undo: undefined });
			if (await this.#core.outbox.withdraw(key)) {
				this.#core.tell("undone", say("counter.undone"), say("offline.withdrawn"));
			} else {
				const reversal = await this.#carryOut({
					kind: "reversal", quantity: command.quantity, at: this.#core.clock.now(), body: { location_id: device.locationId, ...(why && { reason: why }) },
					reverses: key, ...(command.reward !== undefined && { reward: command.reward }),
				}, { handle: command.card, card: command.card, scan: undefined }, true, command.who);
				this.#tellReversal(reversal.command);
				if (reversal.command.state === "waiting" || reversal.command.state === "done") {
					await this.#core.outbox.mark(key, reversal.command.key);
				}
			}
			if (found) {
				void this.#refresh(found);
			}
		}, say("counter.refused_undo"));
	}

	#tellReversal(c: Command): void {
		if (c.state === "done") {
			this.#core.tell("undone", say("counter.undone"), say("counter.undone_text"));
		} else if (c.state === "waiting") {
			this.#core.tell("saved", say("offline.undone"), say("offline.saved_text"));
		} else if (c.state === "withdrawn") {
			this.#core.tell("undone", say("counter.undone"), say("offline.withdrawn"));
		} else {
			this.#core.tell("refused", say("counter.refused_undo"), reason(c));
		}
	}

	/** Writes a command to the device and sends it. */
	async #carryOut(
		what: Pick<Command, "kind" | "quantity" | "at" | "body"> & { path?: string; reverses?: string; reward?: string },
		found: Found, promise: boolean, who = found.scan?.display_name ?? "",
	): Promise<{ command: Command; result: unknown }> {
		const { cashier, device, network } = this.#core.view.get();
		const now = network === "good";
		const { key } = await this.#core.outbox.add((count) => ({
			...what, count, key: commandKey(device?.tillId ?? "", count, this.#core.uuid(what.at)), staffId: cashier?.staffId ?? "", staffName: cashier?.name ?? "", card: found.card, who,
			// Only what goes out in this moment, with nothing before it, is marked beforehand.
			state: "waiting", sent: now && what.path !== undefined && this.#core.outbox.waiting().length === 0, promised: !now && promise, changedAt: what.at,
		}));
		// Without network it waits for the next beat.
		const { command, result } = now ? await this.#core.answer(key, PATIENCE_MS, promise) : { command: this.#core.outbox.get(key), result: undefined };
		if (!command) {
			throw new Error("a command is gone");
		}
		return { command, result };
	}

	#offerUndo(key: string): void {
		this.#core.view.set({ undo: key });
		setTimeout(() => {
			if (this.#core.view.get().undo === key) {
				this.#core.view.set({ undo: undefined });
			}
		}, UNDO_MS);
	}

	// ---- The card after it -------------------------------------------------------------

	/** Shows what the answer says of the card at once, and then all that a scan tells. */
	#applied(found: Found, result: LedgerResult | undefined): void {
		if (found.scan && result) {
			const closed = new Set(result.coupons.filter((c) => c.status !== "issued").map((c) => c.id));
			const had = found.scan.coupons.filter((c) => !closed.has(c.id));
			const added = result.coupons.filter((c) => c.status === "issued" && !had.some((h) => h.id === c.id));
			const coupons = [...had, ...added];
			this.#core.view.set({ found: {
				...found, scan: { ...found.scan, card: result.card, coupons, allowed: { ...found.scan.allowed, redeem: coupons.length > 0 && (found.scan.program.redeem_code !== "rotating" || found.rotating !== undefined) } },
			} });
		}
		void this.#refresh(found);
	}

	#without(found: Found, couponId: string): void {
		if (found.scan) {
			this.#core.view.set({ found: { ...found, scan: { ...found.scan, coupons: found.scan.coupons.filter((c) => c.id !== couponId) } } });
		}
	}

	/** Shows the card as it is now, if it is still the one on the screen. */
	async #refresh(found: Found): Promise<void> {
		if (this.#core.view.get().network === "gone") {
			const now = this.#core.view.get().found;
			if (now?.card === found.card) {
				this.#core.view.set({ found: this.#finding.alone(now) });
			}
			return;
		}
		try {
			const fresh = await this.#finding.again(found);
			if (this.#core.view.get().found?.handle === found.handle) {
				this.#core.view.set({ found: fresh });
			}
		} catch {
			// That it worked has been said already.
		}
	}

	/** Says what became of a command that somebody waited for in vain. */
	#tellLate(command: Command): void {
		const { found } = this.#core.view.get();
		if (command.kind === "redemption" && !command.promised) {
			if (command.state === "done") {
				this.#core.tell("reward", say("counter.redeemed", { reward: command.reward ?? "" }), command.who);
			} else if (command.state === "refused") {
				this.#core.tell("refused", say("counter.refused_redeem"), reason(command));
			}
		}
		if (found && (found.card === command.card || found.handle === command.card) && command.state !== "withdrawn") {
			void this.#refresh(found);
		}
	}

	/** Does one thing at a time: what is pressed meanwhile is left out. */
	async #once<T>(work: () => Promise<T>, failed: string): Promise<T | undefined> {
		if (this.#core.view.get().busy) {
			return undefined;
		}
		this.#core.view.set({ busy: true });
		try {
			return await work();
		} catch (e) {
			if (e instanceof Refused && e.status === 401) {
				this.#core.view.set({ cashier: undefined, step: "who", found: undefined, complaint: say("counter.signed_out_text") });
			} else if (e instanceof Refused && e.status === 404) {
				this.#core.tell("unknown", say("counter.unknown"), say("counter.unknown_text"));
			} else {
				this.#core.tell("unknown", failed, explain(e));
			}
			return undefined;
		} finally {
			this.#core.view.set({ busy: false });
		}
	}
}

/** A rotating code is good for one redemption: the next reward takes the next code. */
function withoutCode(found: Found): Found {
	const rest = { ...found };
	delete rest.rotating;
	return rest;
}

function reason(command: Command): string {
	return command.problem ? explain(new Refused(command.problem)) : "";
}
