// @ts-check
// Dialogs that take the whole screen, to be shown to somebody: they keep it lit, and the
// phone's way back closes them.

/** @type {WakeLockSentinel | undefined} */
let lit;

async function light() {
	try {
		lit ??= await navigator.wakeLock?.request("screen");
		lit?.addEventListener("release", () => { lit = undefined; });
	} catch {
		// The battery is low, or the browser does not want to: then it goes dark as ever.
	}
}

const open = () => document.querySelector("dialog.whole[open]");

document.addEventListener("visibilitychange", () => {
	if (document.visibilityState === "visible" && open()) {
		void light();
	}
});

window.addEventListener("popstate", () => {
	/** @type {HTMLDialogElement | null} */ (open())?.close();
});
if (history.state?.leima) {
	history.replaceState(null, ""); // a reload closed it
}

/** The ids of what opened the dialogs. @type {Map<HTMLDialogElement, string>} */
const openers = new Map();

/** @param {HTMLDialogElement} dialog */
export function openScreen(dialog) {
	if (dialog.open) {
		return;
	}
	if (!openers.has(dialog)) {
		dialog.addEventListener("close", () => closed(dialog));
	}
	openers.set(dialog, document.activeElement?.id ?? "");
	dialog.showModal();
	history.pushState({ leima: dialog.id }, "");
	void light();
}

/** @param {HTMLDialogElement} dialog */
function closed(dialog) {
	if (dialog.open) {
		return; // it was opened again before the browser told of its end
	}
	void lit?.release();
	// Where a change of the card has replaced the opener, the browser does not find it.
	if (document.activeElement === document.body || dialog.contains(document.activeElement)) {
		document.getElementById(openers.get(dialog) ?? "")?.focus();
	}
	if (history.state?.leima === dialog.id) {
		history.back();
	}
}
