// @ts-check
// The customer's card page: shows changes as they happen, keeps a copy for offline
// use, lets the code rotate, enlarges it. Without it the page still works; it only
// stands still.

import { learn } from "./clock.js";
import "./print.js";
import { followRewards, usedRewards } from "./reward.js";
import { openScreen } from "./screen.js";

/** How often the page is asked for where the server has no stream to spare. */
const POLL_MS = 5_000;
/** After how long without a connection the page says that it is offline. */
const OFFLINE_AFTER_MS = 4_000;
/** The longest wait for an answer. */
const TIMEOUT_MS = 10_000;

const card = /** @type {HTMLElement} */ (document.getElementById("card"));
const pagePath = card.dataset.page ?? location.pathname;
const told = /** @type {HTMLElement} */ (document.getElementById("told"));
const offline = /** @type {HTMLElement} */ (document.getElementById("offline"));
const shown = /** @type {HTMLElement} */ (document.getElementById("shown"));
/** The name of the store in which this page is kept. */
const keptAs = "leima:" + pagePath;

/** @returns {HTMLElement} */
function face() {
	return /** @type {HTMLElement} */ (document.getElementById("face"));
}

/**
 * Puts the parts of a newer page in the place of the same parts of this one.
 * @param {ParentNode} newer
 */
function show(newer) {
	const before = face().dataset;
	const next = /** @type {HTMLElement | null} */ (newer.querySelector("#face"));
	if (!next || Number(next.dataset.asOf) < Number(before.asOf)) {
		return;
	}
	const shop = newer.querySelector("#shown");
	if (shop instanceof HTMLElement && shop.dataset.secret !== shown.dataset.secret) {
		location.reload(); // the shop asks for another kind of code now
		return;
	}
	const usedBefore = usedRewards();
	const changed = next.dataset.state !== before.state;
	if (changed) {
		animate(next, Number(before.filled), Number(before.round));
		told.textContent = next.dataset.said ?? "";
		landedAt = performance.now();
	} else if (performance.now() - landedAt < LANDING_MS) {
		keepLanding(next);
	}
	const focused = document.activeElement?.id;
	for (const part of newer.querySelectorAll("[data-live]")) {
		const here = document.getElementById(part.id);
		if (here?.hasAttribute("data-live")) {
			here.replaceWith(document.adoptNode(part));
		}
	}
	if (focused && document.activeElement === document.body) {
		document.getElementById(focused)?.focus();
	}
	if (changed) {
		followRewards(usedBefore);
	}
	if (changed && "vibrate" in navigator && navigator.userActivation?.hasBeenActive) {
		navigator.vibrate(60);
	}
}

/** When a stamp landed last, and for how long it takes. */
let landedAt = -Infinity;
const LANDING_MS = 2000;

/**
 * Lets stamps go on landing: the page's own refresh may bring the same card once more.
 * @param {HTMLElement} next
 */
function keepLanding(next) {
	const slots = face().querySelectorAll(".slot");
	next.querySelectorAll(".slot").forEach((slot, i) => {
		slot.classList.toggle("landed", slots[i]?.classList.contains("landed") ?? false);
	});
}

/**
 * Marks the stamps that are new, so that the style lets them land.
 * @param {HTMLElement} next
 * @param {number} filledBefore
 * @param {number} roundBefore
 */
function animate(next, filledBefore, roundBefore) {
	const round = Number(next.dataset.round);
	const from = round > roundBefore ? 0 : filledBefore;
	next.querySelectorAll(".slot.on").forEach((slot, i) => {
		slot.classList.toggle("landed", i >= from);
	});
	if (round > roundBefore) {
		next.querySelector(".ready")?.classList.add("fresh");
	}
}

/** @param {string} html */
function parse(html) {
	return new DOMParser().parseFromString(html, "text/html");
}

/** Asks for the whole page, shows what is new and keeps it for offline use. */
async function refresh() {
	try {
		const askedAt = Date.now();
		const response = await fetch(pagePath, { signal: AbortSignal.timeout(TIMEOUT_MS), headers: { Accept: "text/html" } });
		if (response.status === 404 || response.status === 410) {
			await gone();
			return;
		}
		if (!response.ok || response.headers.has("X-Leima-Kept")) {
			connected(false);
			return;
		}
		const kept = keep(response.clone());
		const newer = parse(await response.text());
		const next = /** @type {HTMLElement | null} */ (newer.querySelector("#face"));
		learn(Number(next?.dataset.asOf), askedAt);
		await kept;
		show(newer);
		connected(true);
	} catch {
		connected(false);
	}
}

// ---- Offline -----------------------------------------------------------------

/** @type {ReturnType<typeof setTimeout> | undefined} */
let offlineTimer;

/**
 * Tells the customer when what they see may be old, and since when.
 * @param {boolean} yes
 */
function connected(yes) {
	clearTimeout(offlineTimer);
	if (yes) {
		offline.hidden = true;
		return;
	}
	offlineTimer = setTimeout(() => {
		const asOf = new Date(Number(face().dataset.asOf));
		const language = document.documentElement.lang;
		const time = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "medium", timeStyle: "short" }).format(asOf);
		offline.textContent = (offline.dataset.text ?? "").replace("%", time);
		offline.hidden = false;
	}, navigator.onLine ? OFFLINE_AFTER_MS : 0);
}

/**
 * Keeps the page and what it is made of.
 * @param {Response} page
 */
async function keep(page) {
	if (!("caches" in window)) {
		return;
	}
	const kept = await caches.open(keptAs);
	await kept.put(pagePath, page);
	const parts = [...document.querySelectorAll("link[rel=stylesheet],link[rel=icon],link[rel=apple-touch-icon],script[src],img.logo")]
		.map((e) => e.getAttribute("href") ?? e.getAttribute("src") ?? "")
		.concat(performance.getEntriesByType("resource").map((e) => new URL(e.name)).filter((u) => u.origin === location.origin && u.pathname.startsWith("/static/")).map((u) => u.pathname));
	await Promise.all([...new Set(parts)].filter(Boolean).map(async (part) => {
		if (!(await kept.match(part))) {
			await kept.add(part).catch(() => undefined); // the page works without a picture
		}
	}));
}

/** The card is no more: its copy goes, and the server says the rest. */
async function gone() {
	if ("caches" in window) {
		await caches.delete(keptAs);
	}
	location.reload();
}

async function install() {
	if (!("serviceWorker" in navigator)) {
		return;
	}
	try {
		await navigator.serviceWorker.register("/card/sw.js", { scope: pagePath });
	} catch {
		// Not allowed here, for example over plain http: then there is no offline copy.
	}
}

// ---- Live --------------------------------------------------------------------

/** @type {EventSource | undefined} */
let stream;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pollTimer;

function listen() {
	stream?.close();
	clearTimeout(pollTimer);
	const events = new EventSource(pagePath + "/events?state=" + encodeURIComponent(face().dataset.state ?? ""));
	stream = events;
	events.addEventListener("open", () => connected(true));
	events.addEventListener("card", (e) => {
		const { html } = /** @type {{html: string}} */ (JSON.parse(/** @type {MessageEvent<string>} */ (e).data));
		show(parse(html));
		connected(true);
		void refreshCopy();
	});
	events.addEventListener("gone", () => void gone());
	events.addEventListener("error", () => {
		connected(false);
		if (events.readyState === EventSource.CLOSED) {
			// No stream for us: ask now and then, and try for one again.
			pollTimer = setTimeout(async () => {
				await refresh();
				listen();
			}, POLL_MS);
		}
	});
}

/** Renews the offline copy after a change, without showing it. */
async function refreshCopy() {
	try {
		const response = await fetch(pagePath, { signal: AbortSignal.timeout(TIMEOUT_MS) });
		if (response.ok && !response.headers.has("X-Leima-Kept")) {
			await keep(response);
		}
	} catch {
		// The copy stays as old as it is.
	}
}

// ---- The code, large ---------------------------------------------------------

const large = /** @type {HTMLDialogElement} */ (document.getElementById("large"));
document.getElementById("enlarge")?.addEventListener("click", () => openScreen(large));
large.addEventListener("click", (e) => {
	if (e.target === large) {
		large.close();
	}
});

// ---- On the home screen ------------------------------------------------------

const installButton = document.getElementById("install");
window.addEventListener("beforeinstallprompt", (e) => {
	e.preventDefault();
	if (!installButton) {
		return;
	}
	installButton.hidden = false;
	installButton.onclick = () => {
		installButton.hidden = true;
		/** @type {Event & {prompt: () => Promise<unknown>}} */ (e).prompt();
	};
});
const iOS = /iPad|iPhone|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const iosHint = document.getElementById("install-ios");
if (iOS && iosHint) {
	iosHint.hidden = false;
}

// ---- Start -------------------------------------------------------------------

window.addEventListener("online", () => { void refresh(); listen(); });
window.addEventListener("offline", () => connected(false));
document.addEventListener("visibilitychange", () => {
	if (document.visibilityState === "visible") {
		void refresh();
		if (stream?.readyState === EventSource.CLOSED) {
			listen();
		}
	}
});
window.addEventListener("pageshow", (e) => {
	if (e.persisted) {
		void refresh();
		listen();
	}
});

// What a redirect said was done has been read; reloading must not say it again.
if (location.search.includes("done=")) {
	history.replaceState(null, "", location.pathname + location.hash);
}
void refresh();
listen();
if (shown.dataset.secret) {
	void import("./code.js").then(({ rotate }) => rotate(shown, refresh));
}
await install();
