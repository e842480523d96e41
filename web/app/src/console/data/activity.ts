// What happened last.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";

export type ActivityEntry = Schema["ActivityEntry"];

/** How many lines the overview shows. */
const LINES = 8;

export const activityQuery = (location: string | undefined) => queryOptions({
	queryKey: ["activity", location],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/activity", { params: { query: { limit: LINES, ...(location && { location_id: location }) } }, signal })),
});
