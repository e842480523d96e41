// The page itself: kept by the service worker, renewed when there is a new one, in the
// colours of the shop.

import type { Core } from "../model/core.ts";

/** How often a till that is never closed looks for a new version. */
const LOOK_MS = 60 * 60 * 1000;

export function keepPage(core: Core): void {
	wearColours(core);
	// Over plain http in a local network there are no service workers; then the till
	// works while the server answers, and the outbox all the same.
	const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
	if (!workers) {
		return;
	}
	let controlled = workers.controller !== null;
	workers.addEventListener("controllerchange", () => {
		if (controlled) {
			location.reload(); // the new version took over; what waits is in the database
		}
		controlled = true; // the first worker ever; the page is its own version
	});
	void workers.register("/till/sw.js", { scope: "/till" }).then((registration) => {
		const ready = () => {
			if (registration.waiting && workers.controller) {
				core.updateReady(registration.waiting);
			}
		};
		ready();
		registration.addEventListener("updatefound", () => {
			registration.installing?.addEventListener("statechange", ready);
		});
		setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
	});
}

/** Puts the shop's colours in place of Leima's, as soon as the shop is known. */
function wearColours(core: Core): void {
	let worn = "";
	const wear = () => {
		const shop = core.view.get().shop?.organization;
		const address = shop ? `/brand/${shop.slug}/style.css` : "";
		if (address !== "" && address !== worn) {
			worn = address;
			const link = document.createElement("link");
			link.rel = "stylesheet";
			link.href = address;
			document.head.append(link);
		}
	};
	core.view.watch(wear);
	wear();
}
