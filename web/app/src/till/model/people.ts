// Who is at the till: pairing, choosing, PIN, locking, handing over.

import { answerOf, createApi } from "../../api/client.ts";
import { Refused, Unanswered } from "../../api/problem.ts";
import { currentLocale } from "../../locale/locale.ts";
import type { Session } from "../device/database.ts";
import { opens, withVerifier } from "../device/pin.ts";
import { isHere } from "../domain/command.ts";
import { explain, say } from "../texts.ts";
import type { Core } from "./core.ts";

/** How often the till reads anew who works here and what is on offer. */
const READ_SHOP_MS = 5 * 60 * 1000;
/** How often it looks whether it was left alone. */
const WATCH_MS = 5_000;

export class People {
	readonly #core: Core;
	#touchedAt = Date.now();

	constructor(core: Core) {
		this.#core = core;
	}

	start(): void {
		for (const touch of ["pointerdown", "keydown"]) {
			document.addEventListener(touch, () => this.touch(), { capture: true, passive: true });
		}
		setInterval(() => this.#lockIfAlone(), WATCH_MS);
		setInterval(() => void this.readShop(), READ_SHOP_MS);
		void this.readShop();
	}

	/** Somebody is here. */
	touch(): void {
		this.#touchedAt = Date.now();
	}

	#lockIfAlone(): void {
		const { cashier, settings } = this.#core.view.get();
		if (cashier && Date.now() - this.#touchedAt > settings.lockAfter * 60_000) {
			this.lock();
		}
	}

	async pair(code: string): Promise<void> {
		const { shop } = this.#core.view.get();
		const sameShop = shop && code.trim().toLowerCase().startsWith(shop.organization.slug);
		if (!this.isEmpty() && !sameShop) {
			this.#core.view.set({ complaint: say("pair.other_shop") });
			return;
		}
		await this.#typed(async () => {
			const paired = await answerOf(this.#core.asTill.POST("/v1/tills", { body: { code } }));
			await this.#becomeTill(paired.token, paired.till.id, paired.till.name, paired.till.location_id);
			this.#core.view.set({ step: "who" });
		});
	}

	async #becomeTill(token: string, tillId: string, name: string, locationId: string): Promise<void> {
		const device = { token, tillId, name, locationId };
		await this.#core.db.keep("device", device);
		this.#core.view.set({ device });
		await this.readShop();
	}

	/** Enters a demo without pairing or PIN; its server gives the credentials out. */
	async enterDemo(): Promise<void> {
		const response = await fetch("/demo/till", { method: "POST" });
		if (!response.ok) {
			return; // not a demo
		}
		const { till_token: till, session_token: session } = await response.json() as { till_token: string; session_token: string };
		this.#core.view.set({ device: { token: till, tillId: "", name: "", locationId: "" } });
		const me = await answerOf(this.#core.asTill.GET("/v1/me"));
		await this.#becomeTill(till, me.id, "", me.location_id ?? "");
		await this.#enter({ token: session, staffId: "", name: "", expiresAt: Infinity, permissions: [], failures: 0 });
	}

	/** Reads who works here and what is on offer; without network what was read before stands. */
	async readShop(): Promise<void> {
		const { device } = this.#core.view.get();
		if (!device) {
			return;
		}
		const api = this.#core.asTill;
		try {
			const [me, programs, staff, location] = await Promise.all([
				answerOf(api.GET("/v1/me")), answerOf(api.GET("/v1/programs", { params: { query: { limit: 200 } } })),
				answerOf(api.GET("/v1/till-staff", { params: { query: { limit: 200 } } })),
				answerOf(api.GET("/v1/locations/{location_id}", { params: { path: { location_id: device.locationId } } })),
			]);
			const shop = { organization: me.organization, location, programs: [...programs.data], staff: [...staff.data] };
			await this.#core.keepShop(shop);
		} catch (e) {
			if (e instanceof Refused && e.status === 401) {
				// Somebody unpaired this till. What waits stays on the device.
				this.#core.view.set({ step: "pair", cashier: undefined, found: undefined, complaint: say("pair.unpaired") });
			}
		}
	}

	choose(staff: { id: string; name: string } | undefined): void {
		this.#core.view.set({ chosen: staff, complaint: "" });
	}

	async signIn(pin: string): Promise<void> {
		const staff = this.#core.view.get().chosen;
		if (!staff) {
			return;
		}
		await this.#typed(async () => {
			try {
				const session = await answerOf(this.#core.asTill.POST("/v1/till-sessions", { body: { staff_id: staff.id, pin } }));
				const before = this.#core.session(staff.id);
				const entered = { token: session.token, staffId: staff.id, name: session.staff_name, expiresAt: Date.parse(session.expires_at), permissions: [], failures: 0 };
				await this.#enter(await withVerifier(this.#core.db, entered, pin));
				if (before) {
					void this.#end(before);
				}
			} catch (e) {
				if (!(e instanceof Unanswered)) {
					throw e;
				}
				await this.#signInAlone(staff.id, pin, e);
			}
		});
	}

	/** Without network: whoever signed in here not long ago can come back. */
	async #signInAlone(staffId: string, pin: string, e: Unanswered): Promise<void> {
		const kept = this.#core.allSessions().find((s) => s.staffId === staffId && s.expiresAt > this.#core.clock.now());
		if (!kept?.verifier) {
			throw e;
		}
		const opened = await opens(this.#core.db, kept, pin, this.#core.clock.now());
		await this.#core.addSession((await this.#core.db.sessions()).find((s) => s.staffId === staffId) ?? kept);
		if (!opened) {
			this.#core.view.set({ complaint: say("pin.wrong_offline") });
			return;
		}
		this.#core.view.set({ cashier: kept, chosen: undefined, step: "work", outcome: undefined });
	}

	async #enter(session: Session): Promise<void> {
		this.#core.view.set({ cashier: session });
		const me = await answerOf(this.#core.asCashier.GET("/v1/me"));
		const entered = {
			...session, staffId: me.staff_id ?? session.staffId, name: me.staff_name ?? session.name, permissions: [...me.permissions],
			expiresAt: Date.parse(me.expires_at ?? "") || session.expiresAt,
		};
		await this.#core.addSession(entered);
		this.touch();
		this.#core.view.set({ cashier: entered, chosen: undefined, step: "work", outcome: undefined, found: undefined, complaint: "" });
		void this.#core.beat(true);
	}

	/**
	 * Ends the screen of who is here. Their session stays on the device: their commands
	 * are sent with it, and without network they can come back by their PIN.
	 */
	lock(): void {
		this.#core.view.set({ cashier: undefined, chosen: undefined, found: undefined, outcome: undefined, undo: undefined, newCard: undefined, strange: undefined, complaint: "", step: "who" });
		this.#core.loadUpdate(); // nobody is in the middle of anything
	}

	/** Whether nothing would be lost with the device. */
	isEmpty(): boolean {
		return !this.#core.outbox.commands().some(isHere);
	}

	/**
	 * Makes this device no till any more, by the PIN of somebody who may. Returns what
	 * stands in the way, such as something that waits; "" never comes back, for the page
	 * begins anew.
	 */
	async leave(staffId: string, pin: string): Promise<string> {
		await this.#core.beat(true);
		if (!this.isEmpty()) {
			return say("settings.leave_refused");
		}
		const { device } = this.#core.view.get();
		try {
			await this.#unpair(device?.tillId ?? "", staffId, pin);
		} catch (e) {
			// Somebody unpaired it before.
			if (!(e instanceof Refused && e.code === "unauthenticated")) {
				return e instanceof Refused && e.code === "forbidden" ? say("settings.leave_forbidden") : explain(e);
			}
		}
		await this.#core.db.clear();
		location.reload();
		return "";
	}

	async #unpair(tillId: string, staffId: string, pin: string): Promise<void> {
		const { token } = await answerOf(this.#core.asTill.POST("/v1/till-sessions", { body: { staff_id: staffId, pin } }));
		const asOwner = createApi({ locale: currentLocale, token: () => token });
		try {
			await answerOf(asOwner.DELETE("/v1/tills/{till_id}", { params: { path: { till_id: tillId } } }));
		} catch (e) {
			await this.#end({ token });
			throw e;
		}
	}

	/** What only this device holds, to be given to the office; no credentials are in it. */
	copy(): { name: string; text: string } {
		const { device, shop } = this.#core.view.get();
		const commands = this.#core.outbox.commands().filter(isHere);
		const at = new Date(this.#core.clock.now()).toISOString();
		return {
			name: `leima-till-${at.slice(0, 10)}.json`,
			text: JSON.stringify({ organization: shop?.organization.slug, till_id: device?.tillId, till: device?.name, location: shop?.location?.name, exported_at: at, commands }, undefined, "\t"),
		};
	}

	async #end(session: Pick<Session, "token">): Promise<void> {
		try {
			await fetch("/v1/till-sessions/current", { method: "DELETE", credentials: "omit", headers: { Authorization: `Bearer ${session.token}` } });
		} catch {
			// It ends by itself.
		}
	}

	/** Does what a form asks for, and says under it what went wrong. */
	async #typed(work: () => Promise<void>): Promise<void> {
		if (this.#core.view.get().busy) {
			return;
		}
		this.#core.view.set({ busy: true, complaint: "" });
		try {
			await work();
		} catch (e) {
			this.#core.view.set({ complaint: explain(e), cashier: undefined });
		} finally {
			this.#core.view.set({ busy: false });
		}
	}
}
