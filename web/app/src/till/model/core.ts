// What the parts of the till share: the device's database, the outbox, the view, the
// way to the API, and the moments at which waiting commands are sent.

import { type Api, createApi } from "../../api/client.ts";
import { currentLocale, writeTimesIn } from "../../locale/locale.ts";
import { type Database, type Session, type Settings, type Shop, usualSettings } from "../device/database.ts";
import { type OutcomeKind, signal } from "../device/sound.ts";
import { dayOf, ServerClock } from "../domain/clock.ts";
import { type Command, isOpen } from "../domain/command.ts";
import { type Exclusive, Outbox } from "../domain/outbox.ts";
import { uuid7Generator } from "../domain/uuid7.ts";
import { say } from "../texts.ts";
import { sender } from "./sending.ts";
import { Store } from "./store.ts";
import type { View } from "./view.ts";

/** How often the till looks whether the network is back and commands wait. */
const BEAT_MS = 10_000;
/** How long finished commands stay on the device, to be taken back or looked at. */
const KEEP_MS = 36 * 60 * 60 * 1000;

const exclusive: Exclusive | undefined = "locks" in navigator
	? async (work) => {
		await navigator.locks.request("leima-outbox", work);
	}
	: undefined; // plain http: then it is for the server alone to do each key once

export class Core {
	readonly db: Database;
	readonly clock: ServerClock;
	readonly outbox: Outbox;
	readonly uuid = uuid7Generator();
	readonly view: Store<View>;
	/** By the till's own credential: who can sign in here, what is on offer. */
	readonly asTill: Api;
	/** By that of the cashier who is signed in. */
	readonly asCashier: Api;
	#sessions: Session[] = [];
	#outcomes = 0;
	#settledBy = new Map<string, (result: unknown) => void>();
	/** Hears of commands that nobody waits for, when they are answered. */
	late: (command: Command) => void = () => undefined;
	/** Takes what is for review to the office, and does not throw. */
	office: () => Promise<void> = () => Promise.resolve();

	constructor(db: Database, offset: number) {
		this.db = db;
		this.clock = new ServerClock(offset);
		this.view = new Store<View>({
			step: "starting", device: undefined, shop: undefined, settings: usualSettings, chosen: undefined, cashier: undefined, complaint: "",
			found: undefined, outcome: undefined, undo: undefined, busy: false, commands: [], network: "good", newCard: undefined, strange: undefined, update: false,
		});
		const common = { locale: currentLocale, heard: (response: Response) => this.heard(response) };
		this.asTill = createApi({ ...common, token: () => this.view.get().device?.token });
		this.asCashier = createApi({ ...common, token: () => this.view.get().cashier?.token });
		this.outbox = new Outbox({
			store: db, now: () => this.clock.now(), ...(exclusive && { exclusive }),
			send: sender({
				sessions: (command) => this.#sessionsFor(command),
				ended: (session) => this.dropSession(session),
				heard: (response) => this.heard(response),
			}),
			changed: (command, answered) => this.#changed(command, answered),
		});
	}

	/** Reads what the device kept, and begins to send. */
	async start(): Promise<void> {
		const [device, shop, settings] = await Promise.all([this.db.fact("device"), this.db.fact("shop"), this.db.fact("settings")]);
		this.#sessions = await this.db.sessions();
		await this.outbox.load();
		await this.#forgetOld();
		writeTimesIn(zoneOf(shop));
		this.view.set({ device, shop, settings: { ...usualSettings, ...settings }, step: device ? "who" : "pair", network: navigator.onLine ? "good" : "gone" });
		this.#list();
		window.addEventListener("online", () => void this.beat(true));
		window.addEventListener("offline", () => this.view.set({ network: "gone" }));
		document.addEventListener("visibilitychange", () => void (document.visibilityState === "visible" && this.beat(true)));
		setInterval(() => void this.beat(false), BEAT_MS);
		void this.beat(true);
	}

	/** Sends what waits; where nothing does, finds out whether the network is back. */
	async beat(wanted: boolean): Promise<void> {
		if (this.outbox.waiting().length > 0) {
			await this.outbox.drain();
		} else if (wanted || this.view.get().network === "gone") {
			const response = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(BEAT_MS) }).catch(() => undefined);
			this.heard(response?.ok ? response : undefined);
		}
		await this.office();
	}

	/** Learns from an answer, or from there being none. */
	heard(response: Response | undefined): void {
		const network = response && response.status < 500 ? "good" : "gone";
		if (network !== this.view.get().network) {
			this.view.set({ network });
		}
		if (response && this.clock.hear(response.headers.get("Date"))) {
			void this.db.keep("offset", this.clock.offset);
		}
	}

	tell(kind: OutcomeKind, title: string, text = ""): void {
		this.view.set({ outcome: { kind, title, text, id: ++this.#outcomes } });
		signal(kind, this.view.get().settings.silent);
	}

	async setSettings(change: Partial<Settings>): Promise<void> {
		const settings = { ...this.view.get().settings, ...change };
		this.view.set({ settings });
		await this.db.keep("settings", settings);
	}

	#update: ServiceWorker | undefined;

	/** A new version of the till was fetched and waits. */
	updateReady(worker: ServiceWorker): void {
		this.#update = worker;
		this.view.set({ update: true });
	}

	/** Lets the new version take over; the page is loaded anew by it. */
	loadUpdate(): void {
		this.#update?.postMessage("take over");
	}

	// ---- Sessions ----------------------------------------------------------------

	session(staffId: string): Session | undefined {
		return this.#sessions.find((s) => s.staffId === staffId && s.expiresAt > this.clock.now());
	}

	allSessions(): readonly Session[] {
		return this.#sessions;
	}

	async addSession(session: Session): Promise<void> {
		await this.db.keepSession(session);
		this.#sessions = await this.db.sessions();
	}

	async dropSession(session: Session): Promise<void> {
		if (this.#sessions.some((s) => s.token === session.token)) {
			await this.db.dropSession(session.staffId);
			this.#sessions = await this.db.sessions();
		}
		if (this.view.get().cashier?.token === session.token) {
			this.view.set({ cashier: undefined, found: undefined, step: "who", complaint: say("counter.signed_out_text") });
		}
	}

	/** Their own session first, that of whoever is at the till after it. */
	#sessionsFor(command: Command): Session[] {
		const all = [this.session(command.staffId), this.view.get().cashier];
		return all.filter((s, i): s is Session => s !== undefined && all.findIndex((o) => o?.token === s.token) === i);
	}

	// ---- Commands ------------------------------------------------------------------

	/**
	 * Sends what waits, and waits for a command's answer, but no longer than patience
	 * says, in milliseconds. One that is not answered then is promised, if it may be.
	 * Returns the command as it is then, and what the server answered.
	 */
	async answer(key: string, patience: number, promise: boolean): Promise<{ command: Command | undefined; result: unknown }> {
		let answered: unknown;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, patience);
			this.#settledBy.set(key, (result) => {
				clearTimeout(timer);
				answered = result;
				resolve();
			});
			void this.outbox.drain().then((end) => {
				if (end !== "empty") {
					clearTimeout(timer);
					resolve();
				}
			});
		});
		if (promise && this.outbox.get(key)?.state === "waiting") {
			await this.outbox.promise(key);
		}
		this.#settledBy.delete(key);
		return { command: this.outbox.get(key), result: answered };
	}

	#changed(command: Command, answered: { result?: unknown } | undefined): void {
		this.#list();
		const waiting = this.#settledBy.get(command.key);
		if (waiting && command.state !== "waiting") {
			waiting(answered?.result);
		} else if (answered) {
			this.late(command);
		}
	}

	/** Shows the commands of today, and those of earlier that are open. */
	#list(): void {
		const zone = this.zone();
		const today = dayOf(this.clock.now(), zone);
		this.view.set({ commands: this.outbox.commands().filter((c) => isOpen(c) || dayOf(c.at, zone) === today) });
	}

	async #forgetOld(): Promise<void> {
		const before = this.clock.now() - KEEP_MS;
		const old = this.outbox.commands().filter((c) => !isOpen(c) && c.changedAt < before);
		await this.db.forget(old.map((c) => c.key));
	}

	zone(): string | undefined {
		return zoneOf(this.view.get().shop);
	}

	/** Keeps who works here and what is on offer. */
	async keepShop(shop: Shop): Promise<void> {
		await this.db.keep("shop", shop);
		writeTimesIn(zoneOf(shop));
		this.view.set({ shop });
	}
}

const zoneOf = (shop: Shop | undefined) => shop?.location?.zone || shop?.organization.zone;
