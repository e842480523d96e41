// Imports of receipts and how they went.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import type { Locale } from "../../locale/locale.ts";
import { api } from "../api.ts";

export type Import = Schema["Import"];
export type ImportError = Schema["ImportError"];

const LINES = 25;
/** How often an import that goes on is asked about. */
const FOLLOW_MS = 1_000;

const paged = { initialPageParam: null as string | null, getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor };
const pageOf = (cursor: string | null) => ({ limit: LINES, ...(cursor && { cursor }) });

/** Whether rows or receipts are listed that could not be used. */
export const hasErrors = (i: Import) => i.counts.row_errors + i.counts.refused > 0;

export const goesOn = (i: Import | undefined) => i?.status === "queued" || i?.status === "running";

export const importsQuery = infiniteQueryOptions({
	...paged,
	queryKey: ["imports"],
	queryFn: ({ pageParam, signal }) => answerOf(api.GET("/v1/imports", { params: { query: pageOf(pageParam) }, signal })),
});

export const importQuery = (id: string) => queryOptions({
	queryKey: ["imports", id],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/imports/{import_id}", { params: { path: { import_id: id } }, signal })),
	refetchInterval: (query) => (goesOn(query.state.data) ? FOLLOW_MS : false),
});

/** The reasons come in the language of the console, so another language asks again. */
export const importErrorsQuery = (id: string, locale: Locale) => infiniteQueryOptions({
	...paged,
	queryKey: ["imports", id, "errors", locale],
	queryFn: ({ pageParam, signal }) =>
		answerOf(api.GET("/v1/imports/{import_id}/errors", { params: { path: { import_id: id }, query: pageOf(pageParam) }, signal })),
});
