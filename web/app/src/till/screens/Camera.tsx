import { type ReactNode, useEffect, useRef, useState } from "react";
import { Camera, type CameraFault, NoCamera } from "../device/camera.ts";
import { say, type TillText } from "../texts.ts";
import { Icon } from "./Icon.tsx";
import { useTill } from "./till.ts";

const faults: Record<CameraFault, TillText> = {
	denied: "camera.denied", none: "camera.none", failed: "camera.failed", insecure: "camera.insecure",
};

/** The camera's picture with its switches, and the button that turns it on, beside others. */
export function CameraView({ children }: { children: ReactNode }) {
	const { till, view } = useTill();
	const on = view.settings.camera;
	return (
		<>
			<div className="buttons actions">
				<button className="button quiet" type="button" aria-pressed={on} onClick={() => void till.core.setSettings({ camera: !on })}>
					<Icon name="camera" />{say(on ? "camera.off" : "camera.on")}
				</button>
				{children}
			</div>
			{on && <Picture />}
		</>
	);
}

function Picture() {
	const { till, view } = useTill();
	const video = useRef<HTMLVideoElement>(null);
	const camera = useRef<Camera>(null);
	const [fault, setFault] = useState<CameraFault>();
	const [choices, setChoices] = useState<{ id: string; label: string }[]>([]);
	const [opened, setOpened] = useState("");
	const [torch, setTorch] = useState<boolean>();
	const cameraId = view.settings.cameraId;
	useEffect(() => {
		const element = video.current;
		if (!element) {
			return undefined;
		}
		const own = new Camera();
		camera.current = own;
		const over = new AbortController();
		void (async () => {
			try {
				await own.open(element, cameraId);
				if (over.signal.aborted) {
					own.stop();
					return;
				}
				setChoices(await own.choices());
				setOpened(own.opened());
				setTorch(own.hasTorch() ? false : undefined);
				await own.read(element, (text) => void till.counter.find(text));
			} catch (e) {
				if (!over.signal.aborted) {
					setFault(e instanceof NoCamera ? e.fault : "failed");
				}
			}
		})();
		return () => {
			over.abort();
			own.stop();
		};
	}, [till, cameraId]);
	if (fault) {
		return <p className="refusal" role="alert">{say(faults[fault])}</p>;
	}
	return (
		<div className="camera">
			<video ref={video} muted playsInline aria-label={say("camera.view")} />
			<p className="hint">{say("camera.hint")}</p>
			<div className="buttons">
				{torch !== undefined && (
					<button className="button quiet" type="button" aria-pressed={torch} onClick={() => {
						setTorch(!torch);
						void camera.current?.torch(!torch);
					}}><Icon name="torch" />{say(torch ? "camera.torch_off" : "camera.torch_on")}</button>
				)}
				{choices.length > 1 && (
					<div className="field">
						<label htmlFor="camera">{say("camera.which")}</label>
						<select id="camera" value={opened} onChange={(e) => {
							setOpened(e.target.value);
							setTorch(undefined); // that of the camera before; the next one may have none
							void till.core.setSettings({ cameraId: e.target.value });
						}}>
							{choices.map((c, i) => <option key={c.id} value={c.id}>{c.label || say("camera.nth", { count: i + 1 })}</option>)}
						</select>
					</div>
				)}
			</div>
		</div>
	);
}
