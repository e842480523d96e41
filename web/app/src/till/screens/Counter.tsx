import { type FormEvent, useEffect, useRef, useState } from "react";
import { words } from "../../locale/locale.ts";
import { readHandle } from "../domain/handle.ts";
import { Wedge } from "../domain/wedge.ts";
import { shown } from "../model/pace.ts";
import type { Outcome as OutcomeValue } from "../model/view.ts";
import { say } from "../texts.ts";
import { CameraView } from "./Camera.tsx";
import { Card } from "./Card.tsx";
import { Icon } from "./Icon.tsx";
import { Join, NewCardShown } from "./Join.tsx";
import { useTill } from "./till.ts";

/** Where customers are served. */
export function Counter() {
	const { till, view } = useTill();
	const [joining, setJoining] = useState(false);
	const field = useRef<HTMLInputElement>(null);
	const programs = till.counter.programs();
	useScanner(field);
	if (programs.length === 0 && view.shop) {
		return <section className="sheet door"><p>{say("till.no_program")}</p></section>;
	}
	return (
		<div className="counter">
			<h1 className="unseen">{say("till.title")}</h1>
			<div className="finding">
				<ScanField field={field} />
				{programs.length > 1 && (
					<div className="field">
						<label htmlFor="program">{say("till.program")}</label>
						<select id="program" value={view.settings.program} onChange={(e) => void till.core.setSettings({ program: e.target.value })}>
							{programs.map((p) => <option key={p.id} value={p.id}>{words(p.name)}</option>)}
						</select>
					</div>
				)}
				<CameraView />
				<p className="buttons">
					<button className="button quiet" type="button" onClick={() => setJoining(true)}><Icon name="plus" />{say("till_script.new_customer")}</button>
				</p>
			</div>
			<div className="serving">
				<div role="alert" aria-atomic="true">{view.outcome && <Outcome key={view.outcome.id} outcome={view.outcome} />}</div>
				<Undo />
				{view.found
					? <Card key={view.found.handle} found={view.found} />
					: !view.outcome && <p className="ready"><Icon name="scan" />{say("scan.ready")}</p>}
			</div>
			{joining && <Join onClose={() => setJoining(false)} />}
			{view.newCard && <NewCardShown made={view.newCard} />}
		</div>
	);
}

function ScanField({ field }: { field: React.RefObject<HTMLInputElement | null> }) {
	const { till } = useTill();
	const submit = (e: FormEvent) => {
		e.preventDefault();
		const typed = field.current?.value ?? "";
		if (field.current) {
			field.current.value = "";
		}
		void till.counter.find(typed);
	};
	return (
		<form className="scan" autoComplete="off" onSubmit={submit}>
			<label htmlFor="handle">{say("till_script.scan_label")}</label>
			<div className="row">
				<input ref={field} id="handle" type="text" maxLength={64} autoCapitalize="characters" autoCorrect="off" spellCheck={false} enterKeyHint="search" aria-describedby="handle-hint" />
				<button className="button main" type="submit">{say("till_script.find")}</button>
			</div>
			<p className="hint" id="handle-hint">{say("till_script.scan_hint")}</p>
		</form>
	);
}

function Outcome({ outcome }: { outcome: OutcomeValue }) {
	useEffect(() => shown("outcome"), [outcome]);
	return (
		<div className={`outcome ${outcome.kind}`} data-outcome={outcome.kind}>
			<Icon name={outcome.kind} />
			<div><p className="outcome-title">{outcome.title}</p><p className="outcome-text">{outcome.text}</p></div>
		</div>
	);
}

/** Ten seconds to take the last thing back. */
function Undo() {
	const { till, view } = useTill();
	const [now, setNow] = useState(Date.now());
	const { undo } = view;
	useEffect(() => {
		if (!undo) {
			return undefined;
		}
		setNow(Date.now());
		const timer = setInterval(() => setNow(Date.now()), 250);
		return () => clearInterval(timer);
	}, [undo]);
	if (!undo || now >= undo.until) {
		return null;
	}
	return (
		<button className="button undo" id="undo" type="button" disabled={view.busy} onClick={() => void till.counter.takeBack(undo.key)}>
			<Icon name="undone" />{say("till_script.undo", { count: Math.ceil((undo.until - now) / 1000) })}
		</button>
	);
}

/**
 * A scanner's text. On a device that was busy for a moment the beginning may have come
 * too slowly for a scanner; it stands in the field then.
 */
function whole(burst: string, inField: string): string {
	const known = ["code", "number"].includes(readHandle(burst).kind);
	return !known && inField.endsWith(burst) ? inField : burst;
}

/** Scanners that type work wherever the focus is, but not into dialogs. */
function useScanner(field: React.RefObject<HTMLInputElement | null>) {
	const { till } = useTill();
	useEffect(() => {
		const wedge = new Wedge();
		const hear = (e: KeyboardEvent) => {
			const target = e.target as HTMLElement;
			const elsewhere = target.closest("dialog, select") ?? (target instanceof HTMLInputElement && target !== field.current);
			if (elsewhere || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) {
				return;
			}
			const meaning = wedge.feed({ key: e.key, at: e.timeStamp });
			if (meaning.kind === "read" || meaning.kind === "repeat") {
				// This Enter is the scanner's: it presses no button and sends no form.
				e.preventDefault();
				const text = whole(meaning.text, field.current?.value ?? "");
				if (field.current) {
					field.current.value = "";
				}
				if (meaning.kind === "read") {
					void till.counter.find(text);
				}
			} else if (target !== field.current && e.key.length === 1 && e.key !== " ") {
				field.current?.focus(); // somebody began to type a number
			}
		};
		document.addEventListener("keydown", hear, true);
		return () => document.removeEventListener("keydown", hear, true);
	}, [till, field]);
}
