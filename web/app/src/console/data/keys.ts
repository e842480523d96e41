// The credentials of other systems.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api, everything } from "../api.ts";

export type APIKey = Schema["APIKey"];

export const keysQuery = queryOptions({
	queryKey: ["keys"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/api-keys", { params: { query }, signal }))),
});
