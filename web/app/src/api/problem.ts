// Answers that say no, and answers that never came.

import type { components } from "./contract.ts";

/** An error as the API describes it (RFC 9457); `code` is what programs go by. */
export type ProblemBody = components["schemas"]["Problem"];
export type ProblemCode = components["schemas"]["ProblemCode"];

/** The server answered, and the answer is no. */
export class Refused extends Error {
	readonly problem: ProblemBody;
	/** The seconds to wait before asking again, where the server named them. */
	readonly retryAfter: number | undefined;

	constructor(problem: ProblemBody, retryAfter?: number) {
		super(problem.code);
		this.problem = problem;
		this.retryAfter = retryAfter;
	}

	get code(): ProblemCode {
		return this.problem.code;
	}

	get status(): number {
		return this.problem.status;
	}
}

/**
 * Nobody answered, or what answered was not Leima: there is no network, the server is
 * away or something between us speaks for it. What became of the request is not known.
 */
export class Unanswered extends Error {}

/** Reads what came with a status of 400 and above. */
export function problemOf(status: number, body: unknown): ProblemBody | undefined {
	if (typeof body !== "object" || body === null || !("code" in body) || typeof body.code !== "string") {
		return undefined;
	}
	return { ...(body as ProblemBody), status };
}
