// Keeps the till on the device: its page, scripts, words and the scanner. It answers
// from what it kept and knows nothing of cards; commands wait in the page's database,
// which a new version of the till finds as the old one left it.

declare const self: ServiceWorkerGlobalScope;

/** What the till consists of; the build writes it here (workshop/precache.ts). */
const kept = JSON.parse("__LEIMA_FILES__") as { version: string; page: string; files: string[] };
const NAME = `leima-till-${kept.version}`;
/** The shop's colours and logo: shown as they were last, and asked for anew meanwhile. */
const BRAND = "leima-till-brand";

self.addEventListener("install", (e) => {
	e.waitUntil((async () => {
		const cache = await caches.open(NAME);
		await cache.addAll([new Request(kept.page, { cache: "reload" }), ...kept.files]);
	})());
});

self.addEventListener("activate", (e) => {
	e.waitUntil((async () => {
		for (const name of await caches.keys()) {
			if (name.startsWith("leima-till-") && name !== NAME && name !== BRAND) {
				await caches.delete(name);
			}
		}
		await self.clients.claim();
	})());
});

// A new version waits until the page has nothing to lose by being loaded anew.
self.addEventListener("message", (e) => {
	if (e.data === "take over") {
		void self.skipWaiting();
	}
});

self.addEventListener("fetch", (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== "GET" || url.origin !== self.location.origin) {
		return;
	}
	if (e.request.mode === "navigate" && url.pathname === kept.page) {
		e.respondWith(fromCache(kept.page, e.request));
	} else if (kept.files.includes(url.pathname)) {
		e.respondWith(fromCache(url.pathname, e.request));
	} else if (url.pathname.startsWith("/brand/")) {
		e.respondWith(brand(e));
	}
});

async function fromCache(path: string, request: Request): Promise<Response> {
	const cache = await caches.open(NAME);
	return (await cache.match(path, { ignoreVary: true })) ?? fetch(request);
}

async function brand(e: FetchEvent): Promise<Response> {
	const cache = await caches.open(BRAND);
	const copy = await cache.match(e.request, { ignoreVary: true });
	const fresh = fetch(e.request).then(async (response) => {
		if (response.ok) {
			await cache.put(e.request, response.clone());
		}
		return response;
	});
	if (copy) {
		e.waitUntil(fresh.catch(() => undefined));
		return copy;
	}
	return fresh;
}
