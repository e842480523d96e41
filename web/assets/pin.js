// @ts-check
// The keys of the PIN pad, for touch screens; typing works without them.

const pad = document.getElementById("pad");
const pin = /** @type {HTMLInputElement | null} */ (document.getElementById("pin"));

if (pad && pin) {
	pad.hidden = false;
	pad.addEventListener("click", (e) => {
		const key = /** @type {HTMLElement} */ (e.target).closest("button");
		if (!key) {
			return;
		}
		if (key.dataset.digit !== undefined) {
			pin.value = (pin.value + key.dataset.digit).slice(0, pin.maxLength);
		} else {
			pin.value = pin.value.slice(0, -1);
		}
	});
}
