// The branches.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api, everything } from "../api.ts";

export type Location = Schema["Location"];

export const locationsQuery = queryOptions({
	queryKey: ["locations"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/locations", { params: { query }, signal }))),
});

export const locationQuery = (id: string) => queryOptions({
	queryKey: ["locations", id],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/locations/{location_id}", { params: { path: { location_id: id } }, signal })),
});
