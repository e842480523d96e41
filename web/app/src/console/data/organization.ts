// The business itself.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api, everything } from "../api.ts";

export type ConsentText = Schema["ConsentText"];

export const organizationQuery = queryOptions({
	queryKey: ["organization"],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/organization", { signal })),
});

export const demoDataQuery = queryOptions({
	queryKey: ["organization", "demo-data"],
	queryFn: ({ signal }) => answerOf(api.GET("/v1/organization/demo-data", { signal })),
});

export const consentTextsQuery = queryOptions({
	queryKey: ["consent-texts"],
	queryFn: ({ signal }) => everything((query) => answerOf(api.GET("/v1/consent-texts", { params: { query }, signal }))),
});
