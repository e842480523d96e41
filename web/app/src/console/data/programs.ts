// The programs and their totals.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api, everything } from "../api.ts";

export type Program = Schema["Program"];

/** How long a trial that is not looked at is remembered. */
const TRY_OUT_KEPT_MS = 10_000;

export const programsQuery = queryOptions({
	queryKey: ["programs"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/programs", { params: { query }, signal }))),
});

export type ProgramStats = Schema["ProgramStats"];
export type TotalsRow = Schema["TotalsRow"];
export type ProgramStatus = Schema["ProgramStatus"];

export const programQuery = (id: string) => queryOptions({
	queryKey: ["programs", id],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/programs/{program_id}", { params: { path: { program_id: id } }, signal })),
});

export const statsQuery = (id: string) => queryOptions({
	queryKey: ["programs", id, "stats"],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/programs/{program_id}/stats", { params: { path: { program_id: id } }, signal })),
});

/** What would become of a test customer's card. Nothing is stored, so it is asked like a question. */
export const tryOutQuery = (body: Schema["TryOut"]) => queryOptions({
	queryKey: ["try-out", body],
	queryFn: ({ signal }) => answerOf(api.POST("/v1/programs/try-out", { body, signal })),
	staleTime: Infinity, gcTime: TRY_OUT_KEPT_MS,
});

export interface TotalsWanted {
	/** The first day, and the day after the last; at most 400 days. */
	from: string;
	to: string;
	program: string | undefined;
	location: string | undefined;
	/** What a row adds up. */
	step: "day" | "week" | "month";
}

/** What happened by program, branch and day. */
export const totalsQuery = ({ from, to, program, location, step }: TotalsWanted) => queryOptions({
	queryKey: ["totals", from, to, program, location, step],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/totals", {
		params: { query: { from, to, step, ...(program && { program_id: program }), ...(location && { location_id: location }) } }, signal,
	})),
});
