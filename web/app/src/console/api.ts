// The console's way to the API: by the session cookie of whoever signed in by a link.

import { createApi } from "../api/client.ts";
import { currentLocale } from "../locale/locale.ts";

/** How long the upload of a file may take: 64 MiB over 2 Mbit/s. */
const UPLOAD_MS = 300_000;
/** The most items of one page, and the most pages that a list is gathered from. */
const PAGE_ITEMS = 200;
const MAX_PAGES = 10;

export const api = createApi({ locale: currentLocale });

/** The same for requests that carry a file. */
export const uploads = createApi({ locale: currentLocale, patience: UPLOAD_MS });

export interface Page<T> {
	readonly data: readonly T[];
	readonly next_cursor: string | null;
}

/**
 * Gathers a list that is read whole because it is short: branches, staff, tills. It ends
 * after 2,000 items.
 */
export async function everything<T>(ask: (query: { limit: number; cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
	const all: T[] = [];
	let cursor: string | null = null;
	for (let i = 0; i < MAX_PAGES; i++) {
		const page: Page<T> = await ask(cursor ? { limit: PAGE_ITEMS, cursor } : { limit: PAGE_ITEMS });
		all.push(...page.data);
		cursor = page.next_cursor;
		if (!cursor) {
			break;
		}
	}
	return all;
}

/** The If-Match for a version that a form was filled from. */
export const ifMatch = (version: number) => ({ "If-Match": `"${version}"` });

/**
 * Makes a new idempotency key. crypto.randomUUID is missing on pages that came over
 * plain http, as in a shop's own network.
 */
export function newKey(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return "console:" + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
