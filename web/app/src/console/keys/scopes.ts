// What an API key may be given, and bundles for the usual purposes. The permissions
// that prove that a person is there, or that make credentials, are not for keys.

export const SCOPES = [
	"organization:read", "organization:write", "locations:read", "locations:write", "staff:read", "tills:read", "tills:write",
	"programs:read", "programs:write", "stats:read", "customers:read", "customers:write", "cards:read", "cards:write", "cards:join",
	"scans:write", "stamps:write", "coupons:redeem", "entries:reverse", "entries:adjust", "api_keys:read", "imports:read", "imports:write", "reviews:read", "reviews:write",
] as const;
export type Scope = (typeof SCOPES)[number];

export const BUNDLES = {
	till: ["scans:write", "stamps:write", "coupons:redeem", "entries:reverse", "reviews:write", "programs:read", "locations:read"],
	site: ["cards:join", "programs:read"],
	reports: ["stats:read", "programs:read", "locations:read"],
	register: ["customers:read", "cards:read", "programs:read"],
} as const satisfies Record<string, readonly Scope[]>;
export type Bundle = keyof typeof BUNDLES;

/** Returns the bundle that the scopes are, if they are one. */
export function bundleOf(scopes: readonly string[]): Bundle | undefined {
	const same = (a: readonly string[]) => a.length === scopes.length && a.every((s) => scopes.includes(s));
	return (Object.keys(BUNDLES) as Bundle[]).find((b) => same(BUNDLES[b]));
}
