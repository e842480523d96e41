// What the till keeps on the device, in IndexedDB: who it is, who is signed in, the
// commands (outbox and list of the day), and the cards it saw today.

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Schema } from "../../api/client.ts";
import type { Command } from "../domain/command.ts";
import type { Change, OutboxStore } from "../domain/outbox.ts";

const NAME = "leima-till";
const VERSION = 1;
/** The most cards that are remembered for when there is no network. */
export const MAX_SEEN = 300;

/** A device that was paired. */
export interface Device {
	token: string;
	tillId: string;
	name: string;
	locationId: string;
}

/** What the till knows of the shop, as of the last time it could ask. */
export interface Shop {
	organization: Schema["Organization"];
	location: Schema["Location"] | undefined;
	programs: Schema["Program"][];
	staff: Schema["TillStaff"][];
}

/** Somebody who signed in at this till. */
export interface Session {
	token: string;
	staffId: string;
	name: string;
	expiresAt: number;
	permissions: string[];
	/** By which a PIN is known again without network; see pin.ts. */
	verifier?: ArrayBuffer;
	/** Wrong PINs in a row, tried without network. */
	failures: number;
}

/** A card as a scan showed it. */
export interface Seen {
	card: string;
	/** What leads to it: its code and whatever else was scanned or typed. */
	handles: string[];
	scan: Schema["Scan"];
	at: number;
}

export interface Settings {
	/** Stamp as soon as a card was scanned. */
	automatic: boolean;
	silent: boolean;
	/** Minutes without a touch after which the till locks itself. */
	lockAfter: number;
	/** The program that customer numbers and new cards are about. */
	program: string;
	/** Whether the camera is on, and which. */
	camera: boolean;
	cameraId: string;
}

export const usualSettings: Settings = {
	automatic: false, silent: false, lockAfter: 5, program: "", camera: false, cameraId: "",
};

interface Facts {
	device: Device;
	shop: Shop;
	settings: Settings;
	offset: number;
	count: number;
	/** Signs PINs; it cannot be read, only used. */
	pinKey: CryptoKey;
}

interface TillSchema extends DBSchema {
	facts: { key: keyof Facts; value: Facts[keyof Facts] };
	sessions: { key: string; value: Session };
	commands: { key: string; value: Command; indexes: { count: number } };
	seen: { key: string; value: Seen; indexes: { at: number; handles: string } };
}

/** Commands must survive the power going: the disk has them when a write resolves. */
const strictly = { durability: "strict" } as const;

export class Database implements OutboxStore {
	readonly #db: IDBPDatabase<TillSchema>;

	private constructor(db: IDBPDatabase<TillSchema>) {
		this.#db = db;
	}

	static async open(name = NAME): Promise<Database> {
		const db = await openDB<TillSchema>(name, VERSION, {
			upgrade(db) {
				db.createObjectStore("facts");
				db.createObjectStore("sessions", { keyPath: "staffId" });
				db.createObjectStore("commands", { keyPath: "key" }).createIndex("count", "count");
				const seen = db.createObjectStore("seen", { keyPath: "card" });
				seen.createIndex("at", "at");
				seen.createIndex("handles", "handles", { multiEntry: true });
			},
			// A newer page wants to change the layout. Commands are on the disk, so this one can go.
			blocking: (_, __, event) => (event.target as IDBDatabase).close(),
		});
		return new Database(db);
	}

	close(): void {
		this.#db.close();
	}

	async fact<K extends keyof Facts>(name: K): Promise<Facts[K] | undefined> {
		return (await this.#db.get("facts", name)) as Facts[K] | undefined;
	}

	async keep<K extends keyof Facts>(name: K, value: Facts[K]): Promise<void> {
		await this.#db.put("facts", value, name);
	}

	async append(make: (count: number) => Command): Promise<Command> {
		const tx = this.#db.transaction(["facts", "commands"], "readwrite", strictly);
		const facts = tx.objectStore("facts");
		const count = (((await facts.get("count")) as number | undefined) ?? 0) + 1;
		const command = make(count);
		await Promise.all([facts.put(count, "count"), tx.objectStore("commands").add(command), tx.done]);
		return command;
	}

	async update(key: string, change: Change, durable: boolean): Promise<Command | undefined> {
		const tx = this.#db.transaction("commands", "readwrite", durable ? strictly : undefined);
		const there = await tx.store.get(key);
		const next = change(there);
		if (next) {
			await tx.store.put(next);
		}
		await tx.done;
		return next ?? there;
	}

	all(): Promise<Command[]> {
		return this.#db.getAllFromIndex("commands", "count");
	}

	/** Removes commands; only those that are finished may go. */
	async forget(keys: string[]): Promise<void> {
		const tx = this.#db.transaction("commands", "readwrite");
		await Promise.all([...keys.map((key) => tx.store.delete(key)), tx.done]);
	}

	sessions(): Promise<Session[]> {
		return this.#db.getAll("sessions");
	}

	async keepSession(session: Session): Promise<void> {
		await this.#db.put("sessions", session);
	}

	async dropSession(staffId: string): Promise<void> {
		await this.#db.delete("sessions", staffId);
	}

	/** Returns the card that the text led to, if it was seen today. */
	seen(handle: string): Promise<Seen | undefined> {
		return this.#db.getFromIndex("seen", "handles", handle);
	}

	/** Remembers a card, and forgets the oldest of too many and those from before an instant. */
	async remember(seen: Seen, notBefore: number): Promise<void> {
		const tx = this.#db.transaction("seen", "readwrite");
		const before = await tx.store.get(seen.card);
		await tx.store.put({ ...seen, handles: [...new Set([...(before?.handles ?? []), ...seen.handles])] });
		let left = (await tx.store.count()) - MAX_SEEN;
		for (let cursor = await tx.store.index("at").openCursor(); cursor && (left > 0 || cursor.value.at < notBefore); cursor = await cursor.continue()) {
			await cursor.delete();
			left--;
		}
		await tx.done;
	}

	/** Forgets everything but the count, which must not begin again. */
	async clear(): Promise<void> {
		const tx = this.#db.transaction(["facts", "sessions", "commands", "seen"], "readwrite", strictly);
		const facts = tx.objectStore("facts");
		const count = await facts.get("count");
		await Promise.all([facts.clear(), tx.objectStore("sessions").clear(), tx.objectStore("commands").clear(), tx.objectStore("seen").clear()]);
		if (count !== undefined) {
			await facts.put(count, "count");
		}
		await tx.done;
	}
}
