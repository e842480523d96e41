// PINs without network. The server checks PINs; only when it cannot be asked does the
// till take one that it saw work, within the same session. What is kept is not the PIN
// but its signature by a key that the browser lets nobody read.

import type { Database, Session } from "./database.ts";

/** Wrong PINs in a row after which the till wants to hear it from the server. */
export const MAX_OFFLINE_FAILURES = 5;

async function signature(db: Database, staffId: string, pin: string): Promise<ArrayBuffer | undefined> {
	// Over plain http in a local network browsers give no cryptography; then there is
	// no signing in without network.
	const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto };
	if (!subtle) {
		return undefined;
	}
	let key = await db.fact("pinKey");
	if (!key) {
		key = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
		await db.keep("pinKey", key);
	}
	return subtle.sign("HMAC", key, new TextEncoder().encode(`${staffId} ${pin}`));
}

/** Returns the session with what is needed to know its PIN again. */
export async function withVerifier(db: Database, session: Session, pin: string): Promise<Session> {
	const verifier = await signature(db, session.staffId, pin);
	return verifier ? { ...session, verifier } : session;
}

/** Reports whether a PIN opens a session that was opened here before, and counts those that do not. */
export async function opens(db: Database, session: Session, pin: string, now: number): Promise<boolean> {
	if (!session.verifier || session.expiresAt <= now || session.failures >= MAX_OFFLINE_FAILURES) {
		return false;
	}
	// The count rises first, so that closing the page does not save a try.
	await db.keepSession({ ...session, failures: session.failures + 1 });
	const got = await signature(db, session.staffId, pin);
	if (!got || !same(new Uint8Array(got), new Uint8Array(session.verifier))) {
		return false;
	}
	await db.keepSession({ ...session, failures: 0 });
	return true;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
