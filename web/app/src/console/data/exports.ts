// Lists taken along as files.

import { answerOf, type Schema } from "../../api/client.ts";
import { uploads } from "../api.ts";

export type ListName = Schema["ListName"];
export type ExportFormat = "csv" | "xlsx";

export const LISTS: readonly ListName[] = ["customers", "cards", "entries", "coupons"];

/** The filters of the lists, as the API takes them. */
export interface ExportFilter {
	query?: string;
	program_id?: string;
	customer_id?: string;
	location_id?: string;
	status?: Schema["CouponStatus"];
	kind?: Schema["EntryKind"];
	from?: string;
	to?: string;
}

/** How long the browser keeps a file that it is saving. */
const KEPT_MS = 60_000;

/** How often it is told how much has come. */
const TOLD_MS = 250;

/**
 * Fetches a list as a file and has the browser save it. It takes as long as an upload may;
 * came is told how many bytes there are so far.
 */
export async function saveExport(list: ListName, format: ExportFormat, filter: ExportFilter, came: (bytes: number) => void): Promise<void> {
	let name = `${list}.${format}`;
	const body = await answerOf(uploads.GET("/v1/exports/{list}", {
		// Excel needs the mark, and nothing else is hurt by it.
		params: { path: { list }, query: { ...filter, format, ...(format === "csv" && { mark: true }) } }, parseAs: "stream",
	}).then((answer) => {
		name = /filename="([^"]+)"/.exec(answer.response.headers.get("Content-Disposition") ?? "")?.[1] ?? name;
		return answer;
	}));
	const link = document.createElement("a");
	link.href = URL.createObjectURL(await whole(body, came));
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** Reads a body to its end, or fails with it: a file that was cut off must not be saved. */
export async function whole(body: ReadableStream<Uint8Array<ArrayBuffer>> | null, came: (bytes: number) => void, now: () => number = Date.now): Promise<Blob> {
	const parts: Uint8Array<ArrayBuffer>[] = [];
	let bytes = 0;
	let told = now();
	const reader = body?.getReader();
	for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
		parts.push(next.value);
		bytes += next.value.byteLength;
		if (now() - told >= TOLD_MS) {
			told = now();
			came(bytes);
		}
	}
	return new Blob(parts);
}
