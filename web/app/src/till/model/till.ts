// The till, put together.

import { Database } from "../device/database.ts";
import { Core } from "./core.ts";
import { Counter } from "./counter.ts";
import { Finding } from "./finding.ts";
import { Newcomers } from "./newcomers.ts";
import { People } from "./people.ts";
import { Reviews } from "./reviews.ts";

/** The address under which a demo lets visitors in. */
const DEMO_HASH = "#demo";

export class Till {
	readonly core: Core;
	readonly people: People;
	readonly finding: Finding;
	readonly counter: Counter;
	readonly newcomers: Newcomers;
	readonly reviews: Reviews;

	private constructor(core: Core) {
		this.core = core;
		this.people = new People(core);
		this.finding = new Finding(core);
		this.counter = new Counter(core, this.finding);
		this.newcomers = new Newcomers(core, this.finding, (input) => this.counter.find(input));
		this.reviews = new Reviews(core);
	}

	/** Opens the device's database and begins where the page before left off. */
	static async start(): Promise<Till> {
		const db = await Database.open();
		const till = new Till(new Core(db, (await db.fact("offset")) ?? 0));
		await till.core.start();
		if (location.hash === DEMO_HASH) {
			await till.people.enterDemo().catch(() => undefined);
			history.replaceState(null, "", "/till");
		}
		till.people.start();
		// The browser may not throw away what waits here when the disk gets full.
		void (navigator.storage as StorageManager | undefined)?.persist();
		return till;
	}
}
