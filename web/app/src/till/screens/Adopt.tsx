import { type SubmitEvent, useState } from "react";
import type { Scan } from "../model/view.ts";
import { say } from "../texts.ts";
import { Dialog } from "./Dialog.tsx";
import { Icon } from "./Icon.tsx";
import { Join } from "./Join.tsx";
import { useTill } from "./till.ts";

/** A card that is not known here, of plastic most likely, is given to a customer. */
export function Adopt({ number }: { number: string }) {
	const [step, setStep] = useState<"" | "whose" | "new">("");
	const close = () => setStep("");
	return (
		<>
			<p className="buttons"><button className="button quiet" id="adopt" type="button" onClick={() => setStep("whose")}><Icon name="plus" />{say("counter.old_give")}</button></p>
			{step === "whose" && <Whose number={number} onClose={close} onNew={() => setStep("new")} />}
			{step === "new" && <Join oldNumber={number} onClose={close} />}
		</>
	);
}

function Whose({ number, onClose, onNew }: { number: string; onClose: () => void; onNew: () => void }) {
	const { till } = useTill();
	const [typed, setTyped] = useState("");
	const [found, setFound] = useState<Scan>();
	const [complaint, setComplaint] = useState("");
	const [busy, setBusy] = useState(false);
	const work = async (e: SubmitEvent) => {
		e.preventDefault();
		if (busy || typed.trim() === "") {
			return;
		}
		setBusy(true);
		const answer = found ? await till.newcomers.adopt(found, number) : await till.newcomers.whose(typed);
		setBusy(false);
		if (typeof answer !== "string") {
			setFound(answer);
			setComplaint("");
		} else if (answer !== "") {
			setComplaint(answer);
		} else {
			onClose();
		}
	};
	return (
		<Dialog title={say("counter.old_title")} onClose={onClose}>
			<form id="adopt-form" noValidate onSubmit={(e) => void work(e)}>
				<p>{say("counter.old_text", { number })}</p>
				<p className="complaint" id="adopt-error" role="alert">{complaint}</p>
				<div className="field">
					<label htmlFor="adopt-whose">{say("counter.old_find")}</label>
					<input id="adopt-whose" maxLength={64} autoComplete="off" aria-describedby="adopt-error" value={typed} onChange={(e) => {
						setTyped(e.target.value);
						setFound(undefined);
					}} />
				</div>
				<div className="buttons">
					<button className="button quiet" type="button" onClick={onClose}>{say("counter.cancel")}</button>
					<button className="button quiet" type="button" onClick={onNew}>{say("counter.new_customer")}</button>
					<button className="button main" type="submit" disabled={busy}>{found ? say("counter.old_confirm", { customer: found.display_name }) : say("counter.find")}</button>
				</div>
			</form>
		</Dialog>
	);
}
