/**
 * Returns the path of a sign-in link that somebody pasted, undefined if it is none of
 * this server. The link's secret goes nowhere else.
 */
export function signInPath(pasted: string, origin: string): string | undefined {
	let url: URL;
	try {
		url = new URL(pasted.trim(), origin);
	} catch {
		return undefined;
	}
	return url.origin === origin && /^\/signin\/[a-z0-9-]+\/[A-Za-z0-9_-]+$/.test(url.pathname) ? url.pathname : undefined;
}
