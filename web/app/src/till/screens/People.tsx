import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { say } from "../texts.ts";
import { Icon } from "./Icon.tsx";
import { useTill } from "./till.ts";

const MAX_PIN = 12;

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
		</section>
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
