// How a command reaches the server, and what an answer means for it.

import { REQUEST_MS } from "../../api/client.ts";
import { problemOf } from "../../api/problem.ts";
import { currentLocale } from "../../locale/locale.ts";
import type { Session } from "../device/database.ts";
import type { Command } from "../domain/command.ts";
import type { Answer } from "../domain/outbox.ts";

export interface SendingOptions {
	/** The sessions that may be used for a command, the best first. */
	sessions: (command: Command) => Session[];
	/** The server does not know a session any more. */
	ended: (session: Session) => Promise<void>;
	heard: (response: Response | undefined) => void;
}

/** Statuses of 400 and above after which the same request may work. */
const MAY_WORK_LATER = new Set([408, 425, 429]);

/** Returns the function by which the outbox sends. It does not throw. */
export function sender(o: SendingOptions) {
	return async (command: Command, path: string): Promise<Answer> => {
		for (const session of o.sessions(command)) {
			const response = await post(path, command, session.token);
			o.heard(response);
			if (!response) {
				return { kind: "unknown" };
			}
			if (response.status === 401) {
				await o.ended(session);
				continue;
			}
			return read(response);
		}
		return { kind: "signed out" };
	};
}

async function post(path: string, command: Command, token: string): Promise<Response | undefined> {
	try {
		return await fetch(path, {
			method: "POST", credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(REQUEST_MS), body: JSON.stringify(command.body),
			headers: {
				"Content-Type": "application/json", "Authorization": `Bearer ${token}`, "Idempotency-Key": command.key, "Accept-Language": currentLocale(),
			},
		});
	} catch {
		return undefined;
	}
}

async function read(response: Response): Promise<Answer> {
	let body: unknown;
	try {
		body = await response.json();
	} catch {
		return { kind: "unknown" }; // broken off, or the page of a network that wants a log-in
	}
	if (response.ok) {
		const entryId = (body as { entry?: { id?: unknown } } | null)?.entry?.id;
		return typeof entryId === "string" ? { kind: "done", entryId, result: body } : { kind: "unknown" };
	}
	const problem = problemOf(response.status, body);
	if (!problem || response.status >= 500 || MAY_WORK_LATER.has(response.status) || problem.code === "idempotency_key_in_flight") {
		return { kind: "unknown" };
	}
	return { kind: "refused", problem };
}
