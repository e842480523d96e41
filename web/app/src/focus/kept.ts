// Where the focus goes when what has it disappears or cannot be pressed any more.
// Browsers let it fall back to the beginning of the page: whoever works by keyboard, or
// listens, would have to start over after each deed.

/** For how long something may be disabled, while it is being done, before the focus goes elsewhere. */
const BUSY_MS = 700;

const DIALOGS = "dialog, [role=dialog]";
/** What had the focus last, outside of dialogs. */
let outside: HTMLElement | undefined;

/** Gives the focus back to what had it before the dialogs that are closed now. */
export function giveBack(): void {
	if (outside?.isConnected) {
		outside.focus({ preventScroll: true });
	}
}

/**
 * Follows the focus in the page. When it is lost it comes back to what had it, if that
 * can be used again soon, else to what arrival returns: usually the heading of what is
 * on the screen. A press beside everything lets go of the focus on purpose. Returns the
 * function that ends it.
 */
export function keepFocus(arrival: () => HTMLElement | null): () => void {
	let last: HTMLElement | undefined;
	let busySince: number | undefined;
	let asked = false;
	let leaving = false;

	const lost = () => document.activeElement === document.body || document.activeElement === null || document.activeElement.matches(":disabled");
	const look = () => {
		asked = false;
		if (!last || leaving || !lost()) {
			return;
		}
		const there = last.isConnected && last.checkVisibility();
		if (there && !last.matches(":disabled")) {
			last.focus({ preventScroll: true });
			return;
		}
		const now = performance.now();
		busySince ??= now;
		if (there && now - busySince < BUSY_MS) {
			setTimeout(ask, BUSY_MS);
			return;
		}
		focusOn(arrival());
	};
	// Whoever closes a dialog or opens a room puts the focus somewhere themselves, a moment later.
	const ask = () => {
		if (!asked && last) {
			asked = true;
			requestAnimationFrame(() => setTimeout(look));
		}
	};
	const took = (e: FocusEvent) => {
		leaving = false;
		busySince = undefined;
		last = e.target instanceof HTMLElement ? e.target : undefined;
		outside = last?.closest(DIALOGS) ? outside : last;
	};
	const letGo = (e: PointerEvent) => {
		last = undefined;
		outside = e.target instanceof Element && e.target.closest(DIALOGS) ? outside : undefined;
	};
	// Tab beyond the last control goes on to the browser's own.
	const leaves = (e: KeyboardEvent) => { leaving = e.key === "Tab"; };

	document.addEventListener("focusin", took);
	document.addEventListener("pointerdown", letGo, true);
	document.addEventListener("keydown", leaves, true);
	const changes = new MutationObserver(ask);
	changes.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled", "hidden"] });
	return () => {
		document.removeEventListener("focusin", took);
		document.removeEventListener("pointerdown", letGo, true);
		document.removeEventListener("keydown", leaves, true);
		changes.disconnect();
	};
}

/** Gives the focus to something that is read, such as a heading. Nothing is scrolled. */
export function focusOn(read: HTMLElement | null): void {
	if (read) {
		read.tabIndex = -1;
		read.focus({ preventScroll: true });
	}
}

/** Returns the heading of what is on top: of the dialog that is open, else the first that the page has of these. */
export function headingOnTop(...page: string[]): HTMLElement | null {
	const dialog = [...document.querySelectorAll("dialog[open], [role=dialog]")].at(-1);
	const candidates = dialog ? [dialog.querySelector<HTMLElement>("h2")] : page.map((selector) => document.querySelector<HTMLElement>(selector));
	return candidates.find((heading) => heading !== null) ?? null;
}
