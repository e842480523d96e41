// What to say of the certificate that signs passes.

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long before its end somebody should ask Apple for a new one. */
const RENEW_DAYS = 30;

export type CertificateState = "valid" | "ends_soon" | "ended" | "made_up";

export function certificateState(stats: { trusted: boolean; expires_at: string | null }, now: number): CertificateState {
	const left = stats.expires_at === null ? 0 : Date.parse(stats.expires_at) - now;
	if (left <= 0) {
		return "ended";
	}
	if (!stats.trusted) {
		return "made_up";
	}
	return left < RENEW_DAYS * DAY_MS ? "ends_soon" : "valid";
}
