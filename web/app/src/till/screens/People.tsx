import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { isHere } from "../domain/command.ts";
import { say } from "../texts.ts";
import { Icon } from "./Icon.tsx";
import { useTill } from "./till.ts";

export const MAX_PIN = 12;
/** By when a browser has begun to save a file. */
const SAVE_MS = 60_000;

/** The code in the address that the console's QR code leads to, /till#code=…, which no server sees. */
const codeInAddress = () => new URLSearchParams(location.hash.slice(1)).get("code") ?? "";

/** The first screen of a device that is no till yet. */
export function Pair() {
	const { till, view } = useTill();
	const [code, setCode] = useState(codeInAddress);
	const submit = (e: SubmitEvent) => {
		e.preventDefault();
		void till.people.pair(code);
	};
	return (
		<section className="sheet door">
			<h1>{say("till.pair_title")}</h1>
			<p>{say("till.pair_text")}</p>
			<form onSubmit={submit}>
				<div className="field">
					<label htmlFor="code">{say("till.pair_label")}</label>
					<Complaint id="code-error" />
					<input id="code" className="code-input" maxLength={128} autoComplete="off" autoCapitalize="characters" spellCheck={false} required
						value={code} onChange={(e) => setCode(e.target.value)} aria-invalid={view.complaint !== ""} aria-describedby="code-error" />
				</div>
				<button className="button main full" type="submit" disabled={view.busy}>{say("till.pair_button")}</button>
			</form>
			<Kept />
		</section>
	);
}

/** What a till that was unpaired still holds: it is sent when the till is paired again, and can be saved. */
function Kept() {
	const { till, view } = useTill();
	const count = view.commands.filter(isHere).length;
	if (count === 0) {
		return null;
	}
	const save = () => {
		const { name, text } = till.people.copy();
		const link = document.createElement("a");
		link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
		link.download = name;
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), SAVE_MS);
	};
	return (
		<div id="kept">
			<p><Icon name="saved" />{say("pair.kept", { count })}</p>
			<button className="button quiet full" type="button" onClick={save}>{say("pair.save")}</button>
		</div>
	);
}

/** Says under a form what is wrong with it. */
function Complaint({ id }: { id: string }) {
	const { view } = useTill();
	return <p className="complaint" id={id} role="alert">{view.complaint !== "" && <><Icon name="refused" />{view.complaint}</>}</p>;
}

/** Who is at the till? The names, and after a tap the PIN. */
export function Who() {
	const { till, view } = useTill();
	useEffect(() => void till.people.readShop(), [till]);
	if (view.chosen) {
		return <Pin key={view.chosen.id} name={view.chosen.name} />;
	}
	const staff = view.shop?.staff ?? [];
	return (
		<section className="sheet door">
			<h1>{say("till.who_title")}</h1>
			<Complaint id="who-error" />
			{staff.length === 0 && <p>{say("till.nobody")}</p>}
			<ul className="people">
				{staff.map((s) => (
					<li key={s.id}><button className="button quiet" type="button" onClick={() => till.people.choose(s)}><Icon name="person" />{s.name}</button></li>
				))}
			</ul>
			{view.network === "gone" && <p className="hint">{say("pin.offline")}</p>}
		</section>
	);
}

function Pin({ name }: { name: string }) {
	const { till, view } = useTill();
	const [pin, setPin] = useState("");
	const field = useRef<HTMLInputElement>(null);
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		// On a phone the keyboard would cover the pad.
		(matchMedia("(pointer: coarse)").matches ? heading : field).current?.focus();
	}, []);
	const submit = (e: SubmitEvent) => {
		e.preventDefault();
		void till.people.signIn(pin);
		setPin("");
	};
	return (
		<section className="sheet door">
			<h1 ref={heading} tabIndex={-1}>{say("till.pin_title", { name })}</h1>
			<form onSubmit={submit}>
				<div className="field">
					<label htmlFor="pin">{say("till.pin_label")}</label>
					<Complaint id="pin-error" />
					<input ref={field} id="pin" className="pin" type="password" inputMode="numeric" pattern="[0-9]*" maxLength={MAX_PIN} autoComplete="off" required
						value={pin} onChange={(e) => setPin(e.target.value.replace(/\D/g, ""))} aria-invalid={view.complaint !== ""} aria-describedby="pin-error" />
				</div>
				<div className="pad">
					{[1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map((digit) => (
						<button className="key" type="button" key={digit} onClick={() => setPin((p) => (p + String(digit)).slice(0, MAX_PIN))}>{digit}</button>
					))}
					<button className="key" type="button" aria-label={say("till.pin_delete")} onClick={() => setPin((p) => p.slice(0, -1))}><span aria-hidden="true">⌫</span></button>
				</div>
				<button className="button main full" type="submit" disabled={view.busy}>{say("till.sign_in")}</button>
			</form>
			<p><button className="button quiet" type="button" onClick={() => till.people.choose(undefined)}><Icon name="back" />{say("till.who_title")}</button></p>
		</section>
	);
}
