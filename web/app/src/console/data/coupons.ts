// The coupons of the whole shop.

import { infiniteQueryOptions } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";
import { dayAfter, paged, pageOf } from "./paged.ts";

export type HeldCoupon = Schema["HeldCoupon"];
export type CouponStatus = Schema["CouponStatus"];

export const COUPON_STATES: readonly CouponStatus[] = ["issued", "redeemed", "expired", "reversed"];

export interface CouponsWanted {
	program?: string;
	status?: CouponStatus;
	/** Where they were redeemed. */
	location?: string;
	/** The first and the last day on which they were earned. */
	from?: string;
	to?: string;
}

/** What the API takes for it. */
export const couponFilter = ({ program, status, location, from, to }: CouponsWanted) => ({
	...(program && { program_id: program }), ...(status && { status }), ...(location && { location_id: location }),
	...(from && { from }), ...(to && { to: dayAfter(to) }),
});

export const heldCouponsQuery = (wanted: CouponsWanted) => infiniteQueryOptions({
	...paged,
	queryKey: ["coupons", wanted],
	queryFn: ({ pageParam, signal }) => answerOf(api.GET("/v1/coupons", { params: { query: { ...couponFilter(wanted), ...pageOf(pageParam) } }, signal })),
});
