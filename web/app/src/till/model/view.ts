// All that the screens show.

import type { Schema } from "../../api/client.ts";
import type { Device, Session, Settings, Shop } from "../device/database.ts";
import type { OutcomeKind } from "../device/sound.ts";
import type { Command } from "../domain/command.ts";
import type { Allowance } from "../domain/limits.ts";

export type Scan = Schema["Scan"];
export type Coupon = Schema["Coupon"];

/** The card on the screen. */
export interface Found {
	/** What was scanned or typed, in its plain form. */
	handle: string;
	/** The rotating code that was scanned, until a reward was redeemed with it. */
	rotating?: string;
	/** The card as commands name it: its id, else the handle. */
	card: string;
	/** What is known of it; nothing of a card that was never seen while the network is gone. */
	scan: Scan | undefined;
	/** When scan was asked for; it counts what all tills had given by then. */
	scannedAt?: number;
	/** When scan was true; set only if that was a while ago. */
	asOf?: number;
	/** What may be given without asking, while the network is gone. */
	allowance?: Allowance;
}

/** What just happened, told by colour, sign, words, sound and vibration. */
export interface Outcome {
	kind: OutcomeKind;
	title: string;
	text: string;
	/** Rises, so that two outcomes alike are two. */
	id: number;
}

export interface NewCard {
	card: Schema["JoinedCard"];
	known: boolean;
}

export interface View {
	step: "starting" | "pair" | "who" | "work";
	device: Device | undefined;
	shop: Shop | undefined;
	settings: Settings;
	/** Whose PIN is asked for. */
	chosen: Schema["TillStaff"] | undefined;
	/** Who is signed in. */
	cashier: Session | undefined;
	/** What is wrong with what was just typed. */
	complaint: string;
	found: Found | undefined;
	outcome: Outcome | undefined;
	/** The key of what can be taken back by one tap, for ten seconds. */
	undo: string | undefined;
	busy: boolean;
	/** The commands of today, and all that are open, oldest first. */
	commands: Command[];
	network: "good" | "gone";
	newCard: NewCard | undefined;
	/** What was scanned and is no card here, but may be one from before. */
	strange: string | undefined;
	/** A new version of the till waits to be loaded. */
	update: boolean;
}
