// @ts-check
// What outcomes sound and feel like: a few notes each, so that a cashier hears
// without looking whether it worked. Every outcome is also shown and said in words.

/** @typedef {"good" | "reward" | "refused" | "unknown" | "undone" | "wait"} Outcome */

/** Notes as pitch in hertz, start and length in seconds. @type {Record<Outcome, [number, number, number][]>} */
const melodies = {
	good: [[660, 0, .09], [880, .1, .14]],
	reward: [[523, 0, .1], [659, .1, .1], [784, .2, .1], [1047, .3, .3]],
	refused: [[330, 0, .16], [330, .24, .16]],
	unknown: [[220, 0, .35]],
	undone: [[784, 0, .09], [523, .1, .16]],
	wait: [],
};

/** Vibrations in milliseconds: on, off, on. @type {Record<Outcome, number[]>} */
const vibrations = {
	good: [60], reward: [60, 60, 60, 60, 200], refused: [150, 80, 150], unknown: [350], undone: [40, 60, 40], wait: [],
};

const KEPT_AS = "leima:silent";
const LOUDNESS = .18;

/** @type {AudioContext | undefined} */
let audio;
let silent = read();

function read() {
	try {
		return localStorage.getItem(KEPT_AS) === "yes";
	} catch {
		return false; // storage is switched off
	}
}

export function isSilent() {
	return silent;
}

/** @param {boolean} yes */
export function setSilent(yes) {
	silent = yes;
	try {
		localStorage.setItem(KEPT_AS, yes ? "yes" : "no");
	} catch {
		// Then it lasts until the page is closed.
	}
}

// Browsers let a page make sounds only after somebody touched it.
for (const touch of ["pointerdown", "keydown"]) {
	document.addEventListener(touch, () => {
		audio ??= new AudioContext();
		void audio.resume();
	}, { once: true });
}

/** @param {Outcome} outcome */
export function signal(outcome) {
	if (navigator.userActivation?.hasBeenActive) {
		navigator.vibrate?.(vibrations[outcome]);
	}
	if (silent || !audio) {
		return;
	}
	for (const [pitch, start, length] of melodies[outcome]) {
		const note = audio.createOscillator();
		const volume = audio.createGain();
		const from = audio.currentTime + start;
		note.type = outcome === "refused" || outcome === "unknown" ? "square" : "sine";
		note.frequency.value = pitch;
		volume.gain.setValueAtTime(LOUDNESS, from);
		volume.gain.exponentialRampToValueAtTime(.001, from + length);
		note.connect(volume).connect(audio.destination);
		note.start(from);
		note.stop(from + length);
	}
}
