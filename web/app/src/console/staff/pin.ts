import type { ConsoleText } from "../texts.ts";

/**
 * Returns what is wrong with a PIN, undefined if nothing. The server takes 4 to 12
 * digits; the ones that everybody tries first are refused here.
 */
export function pinProblem(pin: string): ConsoleText | undefined {
	if (!/^[0-9]{4,12}$/.test(pin)) {
		return "staff.pin_wrong";
	}
	const digits = pin.split("").map(Number);
	const steps = digits.slice(1).map((d, i) => d - (digits[i] ?? 0));
	return steps.every((s) => s === steps[0] && Math.abs(s) <= 1) ? "staff.pin_weak" : undefined;
}
