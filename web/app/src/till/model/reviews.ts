// What the server refused after the till had accepted it goes to the office, where a
// person decides. The till hands it in by its own credential, so that nobody has to be
// signed in, and shows what became of it.

import { answerOf, type Schema } from "../../api/client.ts";
import { Refused } from "../../api/problem.ts";
import { type Command, pathOf } from "../domain/command.ts";
import type { Core } from "./core.ts";

/** How often the till asks what the office decided. */
const ASK_MS = 9_000;
/** How often it asks if all is decided: what was dismissed may be opened again. */
const ASK_AGAIN_MS = 60_000;
/** Statuses of 400 and above after which the same request may work. */
const MAY_WORK_LATER = new Set([401, 408, 425, 429]);

/** Returns what is handed in of a command, undefined if it cannot be told what it is about. */
export function reviewOf(c: Command, parent: Command | undefined): Schema["ReviewCreation"] | undefined {
	const path = pathOf(c, parent)?.split("/") ?? [];
	const why = c.body["reason"];
	const common = {
		quantity: c.kind === "redemption" ? 0 : c.quantity, at: new Date(c.at).toISOString(), device_count: c.count, refusal: c.problem?.code ?? "unknown",
		...(c.staffId !== "" && { staff_id: c.staffId }), ...(typeof why === "string" && { reason: why }),
	};
	const named = path[3] ?? "";
	switch (c.kind) {
		case "stamp": {
			const { card_id, code } = c.body as { card_id?: string; code?: string };
			return { kind: "stamp", ...common, ...(card_id ? { card_id } : { code: code ?? c.card }) };
		}
		case "redemption":
			return named === "" ? undefined : { kind: "redemption", ...common, coupon_id: named };
		case "reversal":
			return named === "" ? undefined : { kind: "reversal", ...common, entry_id: named };
	}
}

export class Reviews {
	readonly #core: Core;
	#askedAt = 0;
	#busy = false;

	constructor(core: Core) {
		this.#core = core;
		core.office = () => this.#settle();
	}

	/** Hands in what is for review, and asks what became of what was handed in. */
	async #settle(): Promise<void> {
		if (this.#busy || this.#core.view.get().network === "gone" || !this.#core.view.get().device) {
			return;
		}
		this.#busy = true;
		try {
			const open = this.#core.outbox.commands().filter((c) => c.state === "review");
			for (const c of open) {
				if (c.reviewId === undefined && !c.unwanted) {
					await this.#handIn(c);
				}
			}
			const since = Date.now() - this.#askedAt;
			const dismissed = this.#core.outbox.commands().some((c) => c.decided === "dismissed");
			if ((since > ASK_MS && open.some((c) => c.reviewId !== undefined)) || (since > ASK_AGAIN_MS && dismissed)) {
				await this.#ask(dismissed);
			}
		} catch {
			// The next beat tries again; nothing is lost meanwhile.
		} finally {
			this.#busy = false;
		}
	}

	async #handIn(c: Command): Promise<void> {
		const body = reviewOf(c, c.reverses === undefined ? undefined : this.#core.outbox.get(c.reverses));
		if (!body) {
			await this.#core.outbox.unwanted(c.key);
			return;
		}
		try {
			const review = await answerOf(this.#core.asTill.POST("/v1/reviews", { params: { header: { "Idempotency-Key": c.key } }, body }));
			await this.#core.outbox.handedIn(c.key, review.id);
			await this.#took(review);
		} catch (e) {
			if (!(e instanceof Refused) || e.status >= 500 || MAY_WORK_LATER.has(e.status)) {
				throw e;
			}
			await this.#core.outbox.unwanted(c.key);
		}
	}

	/** Asks for what is decided and, if some of it was dismissed, for what is open again. */
	async #ask(dismissed: boolean): Promise<void> {
		this.#askedAt = Date.now();
		for (const state of dismissed ? (["decided", "open"] as const) : (["decided"] as const)) {
			const list = await answerOf(this.#core.asTill.GET("/v1/reviews", { params: { query: { state, limit: 200 } } }));
			for (const review of list.data) {
				await this.#took(review);
			}
		}
	}

	/** The outbox leaves alone what it knows already. */
	async #took(review: Schema["Review"]): Promise<void> {
		if (review.status === "open") {
			await this.#core.outbox.reopened(review.idempotency_key);
		} else {
			await this.#core.outbox.decided(review.idempotency_key, review.status, review.decision_reason ?? "");
		}
	}
}
