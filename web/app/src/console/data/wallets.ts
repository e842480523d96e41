// A card in the wallets of phones.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";

export type CardPass = Schema["CardPass"];
export type HeldPass = Schema["HeldPass"];
export type Wallet = Schema["Wallet"];

export const stalePassesQuery = (wallet: Wallet) => queryOptions({
	queryKey: ["passes", "stale", wallet],
	queryFn: async ({ signal }) => (await answerOf(api.GET("/v1/passes/stale", { params: { query: { wallet } }, signal }))).data,
});

export const cardPassesQuery = (cardId: string) => queryOptions({
	queryKey: ["cards", cardId, "passes"],
	queryFn: async ({ signal }) => (await answerOf(api.GET("/v1/cards/{card_id}/passes", { params: { path: { card_id: cardId } }, signal }))).data,
});
