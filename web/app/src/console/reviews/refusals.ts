// Why the rules said no, in words. The code alone comes from the till: the number that
// was reached may have changed since.

import type { ConsoleText } from "../texts.ts";

const told: Partial<Record<string, ConsoleText>> = {
	scan_limit_reached: "reviews.refused_scan_limit",
	daily_limit_reached: "reviews.refused_daily_limit",
	staff_daily_limit_reached: "reviews.refused_staff_limit",
	cool_down: "reviews.refused_cool_down",
	program_not_active: "reviews.refused_program",
	program_not_begun: "reviews.refused_program",
	program_ended: "reviews.refused_program",
	at_too_old: "reviews.refused_too_old",
	coupon_redeemed: "reviews.refused_redeemed",
	coupon_expired: "reviews.refused_expired",
	coupon_reversed: "reviews.refused_coupon_reversed",
	already_reversed: "reviews.refused_reversed",
	card_not_usable: "reviews.refused_card",
	card_not_found: "reviews.refused_card",
	forbidden: "reviews.refused_forbidden",
};

export const refusalText = (code: string): ConsoleText => told[code] ?? "reviews.refused_other";
