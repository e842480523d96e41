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

/** Fetches a list as a file and has the browser save it. It takes as long as an upload may. */
export async function saveExport(list: ListName, format: ExportFormat, filter: ExportFilter): Promise<void> {
	let name = `${list}.${format}`;
	const file = await answerOf(uploads.GET("/v1/exports/{list}", {
		// Excel needs the mark, and nothing else is hurt by it.
		params: { path: { list }, query: { ...filter, format, ...(format === "csv" && { mark: true }) } }, parseAs: "blob",
	}).then((answer) => {
		name = /filename="([^"]+)"/.exec(answer.response.headers.get("Content-Disposition") ?? "")?.[1] ?? name;
		return answer;
	}));
	const link = document.createElement("a");
	link.href = URL.createObjectURL(file);
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
