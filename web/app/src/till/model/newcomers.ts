// New customers, and cards from before that are given to somebody.

import { type Schema, answerOf } from "../../api/client.ts";
import { Refused } from "../../api/problem.ts";
import { currentLocale } from "../../locale/locale.ts";
import { readHandle } from "../domain/handle.ts";
import { explain, say } from "../texts.ts";
import type { Core } from "./core.ts";
import type { Finding } from "./finding.ts";
import type { Scan } from "./view.ts";

export class Newcomers {
	readonly #core: Core;
	readonly #finding: Finding;
	/** Shows the card of what was scanned or typed. */
	readonly #find: (input: string) => Promise<void>;

	constructor(core: Core, finding: Finding, find: (input: string) => Promise<void>) {
		this.#core = core;
		this.#finding = finding;
		this.#find = find;
	}

	/**
	 * Makes a card for a customer, to which the number of a card from before leads, if one is
	 * given. It needs the network: only the server knows who is known.
	 */
	async join(fields: { first_name: string; phone: string; email: string }, oldNumber = ""): Promise<string> {
		const { settings, device } = this.#core.view.get();
		const program = this.#finding.programs().find((p) => p.id === settings.program) ?? this.#finding.programs()[0];
		if (!program || !device) {
			return say("till.no_program");
		}
		const filled: Schema["Join"] = { locale: currentLocale(), location_id: device.locationId };
		for (const name of ["first_name", "phone", "email"] as const) {
			if (fields[name].trim() !== "") {
				filled[name] = fields[name].trim();
			}
		}
		try {
			const asked = this.#core.asCashier.POST("/v1/programs/{program_id}/cards", {
				params: { path: { program_id: program.id } }, body: filled,
			});
			const card = await answerOf(asked);
			if (oldNumber !== "") {
				const wrong = await this.#adopt(card.id, oldNumber);
				if (wrong !== "") {
					this.#core.tell("refused", say("counter.failed"), wrong);
				}
			}
			this.#core.view.set({ newCard: { card, known: (await asked).response.status === 200 } });
			return "";
		} catch (e) {
			return explain(e);
		}
	}

	/** Finds whom a card from before is to be given to, or says why not. */
	async whose(input: string): Promise<Scan | string> {
		const handle = readHandle(input);
		try {
			return await this.#finding.scan(handle.text, handle.kind === "code");
		} catch (e) {
			return e instanceof Refused && e.status === 404 ? say("counter.unknown") : explain(e);
		}
	}

	/** Lets the number of a card from before lead to the card, and shows it. Returns what went wrong, or "". */
	async adopt(scan: Scan, oldNumber: string): Promise<string> {
		const wrong = await this.#adopt(scan.card.id, oldNumber);
		if (wrong === "") {
			await this.#find(oldNumber);
			this.#core.tell("good", say("counter.old_done", { customer: scan.display_name }));
		}
		return wrong;
	}

	async #adopt(cardId: string, oldNumber: string): Promise<string> {
		try {
			await answerOf(this.#core.asCashier.PUT("/v1/cards/{card_id}/old-number", {
				params: { path: { card_id: cardId } }, body: { old_number: oldNumber },
			}));
			this.#core.view.set({ strange: undefined });
			return "";
		} catch (e) {
			return explain(e);
		}
	}

	/** Goes on from the new card's code to the card itself. */
	async joined(): Promise<void> {
		const made = this.#core.view.get().newCard;
		this.#core.view.set({ newCard: undefined });
		if (made) {
			await this.#find(made.card.code);
		}
	}
}
