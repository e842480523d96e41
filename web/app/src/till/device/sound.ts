// What outcomes sound and feel like: a few notes each, so that a cashier hears without
// looking whether it worked. Every outcome is also shown and said in words.

export type OutcomeKind = "good" | "reward" | "already" | "refused" | "unknown" | "undone" | "saved" | "wait";

type Note = readonly [pitch: number, start: number, length: number];

/** Notes as pitch in hertz, start and length in seconds. */
const melodies: Record<OutcomeKind, readonly Note[]> = {
	good: [[660, 0, 0.09], [880, 0.1, 0.14]],
	reward: [[523, 0, 0.1], [659, 0.1, 0.1], [784, 0.2, 0.1], [1047, 0.3, 0.3]],
	already: [[440, 0, 0.12], [440, 0.2, 0.12], [440, 0.4, 0.12]],
	refused: [[330, 0, 0.16], [330, 0.24, 0.16]],
	unknown: [[220, 0, 0.35]],
	undone: [[784, 0, 0.09], [523, 0.1, 0.16]],
	saved: [[660, 0, 0.09], [660, 0.14, 0.14]],
	wait: [],
};

/** Vibrations in milliseconds: on, off, on. */
const vibrations: Record<OutcomeKind, number[]> = {
	good: [60], reward: [60, 60, 60, 60, 200], already: [80, 60, 80, 60, 80], refused: [150, 80, 150], unknown: [350],
	undone: [40, 60, 40], saved: [60, 80, 60], wait: [],
};

const LOUDNESS = 0.18;

let audio: AudioContext | undefined;

/** Gets ready at the first touch: browsers let no page make sounds before. */
export function prepareSound(): void {
	for (const touch of ["pointerdown", "keydown"]) {
		document.addEventListener(touch, () => {
			// Not at once: it takes a tenth of a second, in which a scanner may be typing.
			setTimeout(() => {
				audio ??= new AudioContext();
				void audio.resume();
			});
		}, { once: true });
	}
}

/** Tells an outcome by vibration and, unless silent, by sound. */
export function signal(kind: OutcomeKind, silent: boolean): void {
	// Some browsers have neither of the two.
	const device = navigator as { userActivation?: UserActivation; vibrate?: (pattern: number[]) => boolean };
	if (device.userActivation?.hasBeenActive) {
		device.vibrate?.(vibrations[kind]);
	}
	if (silent || !audio) {
		return;
	}
	for (const [pitch, start, length] of melodies[kind]) {
		const note = audio.createOscillator();
		const volume = audio.createGain();
		const from = audio.currentTime + start;
		note.type = kind === "refused" || kind === "unknown" ? "square" : "sine";
		note.frequency.value = pitch;
		volume.gain.setValueAtTime(LOUDNESS, from);
		volume.gain.exponentialRampToValueAtTime(0.001, from + length);
		note.connect(volume).connect(audio.destination);
		note.start(from);
		note.stop(from + length);
	}
}
