import { currentLocale } from "../../locale/locale.ts";
import { number } from "../format.ts";
import { split, unitFor } from "../programs/cool_down.ts";
import type { Limit } from "../programs/values.ts";

/** Says how much of a limit it is: a number, or a length of time. */
export function measure(limit: Limit, n: number): string {
	if (limit !== "cool_down_seconds") {
		return number(n);
	}
	const unit = unitFor(n);
	return new Intl.NumberFormat(currentLocale(), { style: "unit", unit: unit.slice(0, -1), unitDisplay: "long" }).format(split(n, unit) ?? n);
}
