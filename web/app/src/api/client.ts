// The one way to the API. Paths, bodies and answers have the types that openapi.yaml
// gives them (contract.ts is generated from it).

import createFetchClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./contract.ts";
import { problemOf, Refused, Unanswered } from "./problem.ts";

export type Schema = components["schemas"];
export type Api = Client<paths>;

/** How long one request may take. */
export const REQUEST_MS = 8_000;

export interface ApiOptions {
	/** The credential to show. Without one the browser's session cookie is shown. */
	token?: () => string | undefined;
	/** The language in which the server's sentences are wanted. */
	locale: () => string;
	/** Hears of every answer; the till sets its clock by it. */
	heard?: (response: Response) => void;
	/** How long one request may take, in milliseconds; REQUEST_MS if it is not said. */
	patience?: number;
}

/** Returns a client of the API of the server that the page came from. */
export function createApi({ token, locale, heard, patience = REQUEST_MS }: ApiOptions): Api {
	const api = createFetchClient<paths>({ baseUrl: "/", credentials: "same-origin", cache: "no-store" });
	api.use({
		onRequest({ request }) {
			const credential = token?.();
			request.headers.set("Accept-Language", locale());
			if (credential) {
				request.headers.set("Authorization", `Bearer ${credential}`);
			}
			return new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(patience)]) });
		},
		onResponse({ response }) {
			heard?.(response);
		},
	});
	return api;
}

interface Answer<T> {
	data?: T;
	error?: unknown;
	response: Response;
}

/**
 * Waits for an answer of the API and returns what is in it. It throws Refused for an
 * answer that says no and Unanswered where there is none.
 */
export async function answerOf<T>(asked: Promise<Answer<T>>): Promise<T> {
	let answer: Answer<T>;
	try {
		answer = await asked;
	} catch (e) {
		throw new Unanswered("no answer", { cause: e });
	}
	if (answer.response.ok) {
		return answer.data as T;
	}
	const problem = problemOf(answer.response.status, answer.error);
	if (!problem) {
		throw new Unanswered(`status ${answer.response.status} without a problem`);
	}
	const wait = Number(answer.response.headers.get("Retry-After") ?? "");
	throw new Refused(problem, wait > 0 ? wait : undefined);
}
