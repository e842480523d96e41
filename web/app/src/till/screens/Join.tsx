import { type SubmitEvent, useState } from "react";
import { showNumber } from "../domain/handle.ts";
import type { NewCard } from "../model/view.ts";
import { say } from "../texts.ts";
import { Dialog } from "./Dialog.tsx";
import { useTill } from "./till.ts";

/** A new customer: a few fields. The number of a card from before will lead to the new one. */
export function Join({ onClose, oldNumber }: { onClose: () => void; oldNumber?: string }) {
	const { till, view } = useTill();
	const [fields, setFields] = useState({ first_name: "", phone: "", email: "" });
	const [complaint, setComplaint] = useState("");
	const [sending, setSending] = useState(false);
	const change = (name: keyof typeof fields) => (e: { target: HTMLInputElement }) => setFields({ ...fields, [name]: e.target.value });
	const submit = async (e: SubmitEvent) => {
		e.preventDefault();
		if (sending) {
			return;
		}
		if (Object.values(fields).every((field) => field.trim() === "")) {
			setComplaint(say("counter.contact_hint"));
			return;
		}
		setSending(true);
		const wrong = await till.newcomers.join(fields, oldNumber);
		setSending(false);
		setComplaint(wrong);
		if (wrong === "") {
			onClose();
		}
	};
	return (
		<Dialog title={say("counter.new_customer")} onClose={onClose}>
			<form id="join-form" noValidate onSubmit={(e) => void submit(e)}>
				<p className="hint" id="join-hint">{say("counter.contact_hint")}</p>
				<p className="complaint" id="join-error" role="alert">{complaint}</p>
				{view.network === "gone" && <p className="refusal">{say("new.offline")}</p>}
				<div className="field">
					<label htmlFor="join-name">{say("counter.first_name")}</label>
					<input id="join-name" maxLength={100} autoComplete="off" aria-describedby="join-hint join-error" value={fields.first_name} onChange={change("first_name")} />
				</div>
				<div className="field">
					<label htmlFor="join-phone">{say("counter.phone")}</label>
					<input id="join-phone" type="tel" maxLength={40} autoComplete="off" aria-describedby="join-hint join-error" value={fields.phone} onChange={change("phone")} />
				</div>
				<div className="field">
					<label htmlFor="join-email">{say("counter.email")}</label>
					<input id="join-email" type="email" maxLength={254} autoComplete="off" aria-describedby="join-hint join-error" value={fields.email} onChange={change("email")} />
				</div>
				<div className="buttons">
					<button className="button quiet" type="button" onClick={onClose}>{say("counter.cancel")}</button>
					<button className="button main" type="submit" disabled={sending}>{say("counter.create")}</button>
				</div>
			</form>
		</Dialog>
	);
}

/** The new card's code: for the customer's phone to scan, or on paper. */
export function NewCardShown({ made }: { made: NewCard }) {
	const { till, view } = useTill();
	const { card } = made;
	const path = new URL(card.link).pathname;
	return (
		<Dialog className="handover" title={say(made.known ? "counter.existing" : "counter.created")} onClose={() => void till.newcomers.joined()}>
			<p>{say("counter.handover")}</p>
			<img className="qr" id="handover-qr" src={`${path}/address.svg`} alt={say("counter.handover")} width="260" height="260" />
			<p>{say("counter.number")} <strong className="spaced" id="handover-number">{showNumber(card.number)}</strong></p>
			{card.status === "provisional" && <p className="hint">{say("new.later")}</p>}
			<div className="buttons">
				<CopyLink link={card.link} />
				<button className="button quiet" type="button" onClick={() => window.print()}>{say("new.print")}</button>
				<button className="button main" type="button" onClick={() => void till.newcomers.joined()}>{say("counter.close")}</button>
			</div>
			<div className="paper" aria-hidden="true">
				<p><strong>{view.shop?.organization.name}</strong></p>
				<img src={`${path}/qr.svg`} alt="" width="200" height="200" />
				<p>{card.display_name}</p>
				<p className="spaced">{showNumber(card.number)}</p>
				<p>{say("new.paper")}</p>
			</div>
		</Dialog>
	);
}

/** The link, to be sent by whatever the shop's device has. Browsers give the clipboard to https pages only. */
function CopyLink({ link }: { link: string }) {
	const [copied, setCopied] = useState(false);
	const { clipboard } = navigator as { clipboard?: Clipboard };
	return clipboard && (
		<button className="button quiet" type="button" onClick={() => void clipboard.writeText(link).then(() => setCopied(true), () => setCopied(false))}>
			<span role="status">{say(copied ? "new.copied" : "new.copy")}</span>
		</button>
	);
}
