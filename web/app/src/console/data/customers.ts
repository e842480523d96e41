// Customers, their cards and what happened on them.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api, everything } from "../api.ts";

export type Customer = Schema["Customer"];
export type Card = Schema["Card"];
export type Entry = Schema["Entry"];
export type Coupon = Schema["Coupon"];
export type ConsentState = Schema["ConsentState"];
export type Block = Schema["Block"];
export type Merge = Schema["Merge"];
export type MergePreview = Schema["MergePreview"];

/** How many lines a list of customers or entries shows before somebody asks for more. */
const LINES = 25;

const paged = { initialPageParam: null as string | null, getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor };
const pageOf = (cursor: string | null) => ({ limit: LINES, ...(cursor && { cursor }) });

export const customersQuery = (wanted: string) => infiniteQueryOptions({
	...paged,
	queryKey: ["customers", "list", wanted],
	queryFn: ({ pageParam, signal }) =>
		answerOf(api.GET("/v1/customers", { params: { query: { ...pageOf(pageParam), ...(wanted && { query: wanted }) } }, signal })),
});

export const customerQuery = (id: string) => queryOptions({
	queryKey: ["customers", id],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/customers/{customer_id}", { params: { path: { customer_id: id } }, signal })),
});

export const customerCardsQuery = (id: string) => queryOptions({
	queryKey: ["customers", id, "cards"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/customers/{customer_id}/cards", { params: { path: { customer_id: id }, query }, signal }))),
});

export const consentsQuery = (id: string) => queryOptions({
	queryKey: ["customers", id, "consents"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/customers/{customer_id}/consents", { params: { path: { customer_id: id }, query }, signal }))),
});

export const entriesQuery = (cardId: string) => infiniteQueryOptions({
	...paged,
	queryKey: ["cards", cardId, "entries"],
	queryFn: ({ pageParam, signal }) =>
		answerOf(api.GET("/v1/cards/{card_id}/entries", { params: { path: { card_id: cardId }, query: pageOf(pageParam) }, signal })),
});

export const couponsQuery = (cardId: string) => infiniteQueryOptions({
	...paged,
	queryKey: ["cards", cardId, "coupons"],
	queryFn: ({ pageParam, signal }) =>
		answerOf(api.GET("/v1/cards/{card_id}/coupons", { params: { path: { card_id: cardId }, query: pageOf(pageParam) }, signal })),
});

export const blocksQuery = (id: string) => queryOptions({
	queryKey: ["customers", id, "blocks"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/customers/{customer_id}/blocks", { params: { path: { customer_id: id }, query }, signal }))),
});

export const mergesQuery = (id: string) => queryOptions({
	queryKey: ["customers", id, "merges"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/customers/{customer_id}/merges", { params: { path: { customer_id: id }, query }, signal }))),
});

export const mergePreviewQuery = (kept: string, other: string) => queryOptions({
	queryKey: ["customers", kept, "merge-preview", other],
	queryFn: ({ signal }) => answerOf(api.POST("/v1/customers/{customer_id}/merge-preview", { params: { path: { customer_id: kept } }, body: { other_customer_id: other }, signal })),
	// What somebody agrees to must be what is true now.
	staleTime: 0, gcTime: 0, retry: false,
});
