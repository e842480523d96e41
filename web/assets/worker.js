// @ts-check
/// <reference lib="webworker" />
// The service worker of card pages: when there is no network it answers with the
// copies that card.js keeps. It decides nothing and stores nothing itself, so an old
// worker can never show an old card while there is a newer one to be had.

/** How long the network may take before the copy is shown. */
const PATIENCE_MS = 4_000;

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => { void worker.skipWaiting(); });
worker.addEventListener("activate", (e) => e.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (e) => {
	const url = new URL(e.request.url);
	// A pass goes from the server to the wallet: there is no copy, and nothing to decide.
	const passedOn = url.pathname.endsWith("/events") || url.pathname.endsWith(".pkpass");
	if (e.request.method !== "GET" || url.origin !== worker.location.origin || passedOn) {
		return;
	}
	if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/brand/")) {
		e.respondWith(copyOf(e.request).then((copy) => copy ?? fetch(e.request)));
	} else {
		e.respondWith(networkFirst(e.request));
	}
});

/**
 * @param {Request} request
 * @returns {Promise<Response | undefined>}
 */
async function copyOf(request) {
	const scope = new URL(worker.registration.scope).pathname;
	const kept = await caches.open("leima:" + scope);
	return kept.match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true });
}

/**
 * @param {Request} request
 * @returns {Promise<Response>}
 */
async function networkFirst(request) {
	const copy = copyOf(request);
	try {
		// Without a copy there is nothing better to show than a slow answer.
		const response = await ((await copy) ? fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) }) : fetch(request));
		if (response.status < 500) {
			return response;
		}
		return mark(await copy) ?? response;
	} catch (e) {
		const kept = mark(await copy);
		if (kept) {
			return kept;
		}
		throw e;
	}
}

/**
 * Marks a copy, so that the page knows that it is one.
 * @param {Response | undefined} copy
 */
function mark(copy) {
	if (!copy) {
		return undefined;
	}
	const headers = new Headers(copy.headers);
	headers.set("X-Leima-Kept", "true");
	return new Response(copy.body, { status: 200, headers });
}
