// The devices at the counters.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api, everything } from "../api.ts";

export type Till = Schema["Till"];

export const tillsQuery = queryOptions({
	queryKey: ["tills"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/tills", { params: { query }, signal }))),
});
