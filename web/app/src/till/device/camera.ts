// The camera as a scanner. The stream is opened once and kept: each opening may ask
// the person again, and takes a second or two on phones.

import type { BarcodeDetector as Detector } from "barcode-detector/ponyfill";

/** What wallets, printed cards and receipts bear. */
const FORMATS = ["qr_code", "aztec", "pdf417", "code_128", "ean_13"] as const;
/** The pause between two looks at the picture. Faster finds nothing sooner and heats phones. */
const LOOK_MS = 90;
/** A code counts again after it was out of sight for so long. */
const GONE_MS = 2_000;

export type CameraFault = "denied" | "none" | "failed" | "insecure";

/** Thrown when there is no picture to be had, with the reason. */
export class NoCamera extends Error {
	readonly fault: CameraFault;

	constructor(fault: CameraFault) {
		super(fault);
		this.fault = fault;
	}
}

type Look = Pick<Detector, "detect">;

let detector: Promise<Look> | undefined;

/** Gets the browser's own detector, if it knows all formats, or loads ours. */
function loadDetector(): Promise<Look> {
	detector ??= nativeDetector().then((native) => native ?? import("./scanner.ts").then((ours) => ours.makeDetector([...FORMATS])));
	detector.catch(() => {
		detector = undefined; // the network may be back next time
	});
	return detector;
}

async function nativeDetector(): Promise<Look | undefined> {
	const native = (globalThis as { BarcodeDetector?: typeof Detector }).BarcodeDetector;
	try {
		const known = await native?.getSupportedFormats();
		return native && FORMATS.every((f) => known?.includes(f)) ? new native({ formats: [...FORMATS] }) : undefined;
	} catch {
		return undefined;
	}
}

/** Loads what is needed to read codes, so that the first one is read at once. */
export function prepareScanner(): void {
	void loadDetector().catch(() => undefined);
}

export class Camera {
	#stream: MediaStream | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#last = { text: "", at: 0 };

	/** Opens a camera, the one that looks away from the person unless one is named, and shows it. */
	async open(video: HTMLVideoElement, deviceId: string): Promise<void> {
		// Over plain http browsers have no mediaDevices at all.
		const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
		if (!devices) {
			throw new NoCamera("insecure");
		}
		try {
			const wish = { width: { ideal: 1280 }, height: { ideal: 720 } };
			const open = (which: MediaTrackConstraints) => devices.getUserMedia({ audio: false, video: { ...wish, ...which } });
			const usual = { facingMode: { ideal: "environment" } };
			// A wish for a camera would be weighed against that for a size; the chosen one may
			// be unplugged by now.
			this.#stream ??= deviceId === ""
				? await open(usual)
				: await open({ deviceId: { exact: deviceId } }).catch((e: unknown) => {
					if ((e as Error).name === "OverconstrainedError") {
						return open(usual);
					}
					throw e;
				});
			video.srcObject = this.#stream;
			await video.play();
		} catch (e) {
			const name = e instanceof DOMException ? e.name : "";
			throw new NoCamera(name === "NotAllowedError" ? "denied" : name === "NotFoundError" ? "none" : "failed");
		}
	}

	/** Reads codes until stop is called. The same code is told once, until it was out of sight. */
	async read(video: HTMLVideoElement, found: (text: string) => void): Promise<void> {
		const look = await loadDetector().catch(() => {
			throw new NoCamera("failed");
		});
		const step = async () => {
			if (document.visibilityState === "visible" && video.readyState >= video.HAVE_CURRENT_DATA) {
				const codes = await look.detect(video).catch(() => []); // a frame that cannot be read
				const text = codes[0]?.rawValue ?? "";
				if (text !== "") {
					const now = performance.now();
					const again = text === this.#last.text && now - this.#last.at < GONE_MS;
					this.#last = { text, at: now };
					if (!again) {
						found(text);
					}
				}
			}
			if (this.#stream) {
				this.#timer = setTimeout(() => void step(), LOOK_MS);
			}
		};
		await step();
	}

	/** Returns the cameras to choose from; they have names only once one is open. */
	async choices(): Promise<{ id: string; label: string }[]> {
		const all = await navigator.mediaDevices.enumerateDevices();
		return all.filter((d) => d.kind === "videoinput").map((d) => ({ id: d.deviceId, label: d.label }));
	}

	/** Which camera is open, "" if none is. */
	opened(): string {
		return this.#stream?.getVideoTracks()[0]?.getSettings().deviceId ?? "";
	}

	hasTorch(): boolean {
		const track = this.#stream?.getVideoTracks()[0];
		return Boolean((track?.getCapabilities() as { torch?: boolean } | undefined)?.torch);
	}

	async torch(on: boolean): Promise<void> {
		await this.#stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
	}

	stop(): void {
		clearTimeout(this.#timer);
		for (const track of this.#stream?.getTracks() ?? []) {
			track.stop();
		}
		this.#stream = undefined;
	}
}
