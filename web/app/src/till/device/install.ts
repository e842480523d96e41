// Installing the till as an app, where the browser can.

/** What Chromium says when a page can be installed; other browsers have it in their menus. */
interface InstallEvent extends Event {
	prompt(): Promise<void>;
}

let offered: InstallEvent | undefined;
let tell = (): void => undefined;

function offer(e?: Event) {
	e?.preventDefault();
	offered = e as InstallEvent | undefined;
	tell();
}
window.addEventListener("beforeinstallprompt", offer);

/** The offer that stands; the two are for React's useSyncExternalStore. */
export const installOffer = () => offered;
export function watchOffer(changed: () => void): () => void {
	tell = changed;
	return () => undefined;
}

/** Asks the person. An offer can be used once; the browser makes another if it wants to. */
export function install(): void {
	void offered?.prompt();
	offer();
}
