// The state of passes.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";

export type PassStats = Schema["PassStats"];
export type WalletStats = Schema["WalletStats"];

export const passesQuery = queryOptions({
	queryKey: ["passes"],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/passes/stats", { signal })),
});
