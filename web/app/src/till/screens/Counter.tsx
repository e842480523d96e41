import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { words } from "../../locale/locale.ts";
import { readHandle } from "../domain/handle.ts";
import { Wedge } from "../domain/wedge.ts";
import { UNDO_MS } from "../model/counter.ts";
import { say } from "../texts.ts";
import { Adopt } from "./Adopt.tsx";
import { CameraView } from "./Camera.tsx";
import { Card } from "./Card.tsx";
import { Icon } from "./Icon.tsx";
import { Join, NewCardShown } from "./Join.tsx";
import { Outcome } from "./Outcome.tsx";
import { useTill } from "./till.ts";

/** Where customers are served. */
export function Counter() {
	const { till, view } = useTill();
	const [joining, setJoining] = useState(false);
	const field = useRef<HTMLInputElement>(null);
	const programs = till.finding.programs();
	useScanner(field);
	if (programs.length === 0 && view.shop) {
		return <section className="sheet door"><p>{say("till.no_program")}</p></section>;
	}
	// On a phone, whoever is served takes the room of what finds them. Nobody found is no dead end.
	const serves = view.found !== undefined || view.outcome?.kind === "wait";
	return (
		<div className={serves ? "counter serves" : "counter"}>
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
				<CameraView>
					<button className="button quiet" type="button" onClick={() => setJoining(true)}><Icon name="plus" />{say("counter.new_customer")}</button>
				</CameraView>
			</div>
			<div className="serving">
				<div role="alert" aria-atomic="true">{view.outcome && <Outcome key={view.outcome.id} outcome={view.outcome} />}</div>
				{view.strange && !view.found && <Adopt key={view.strange} number={view.strange} />}
				{view.undo && <Undo key={view.undo} commandKey={view.undo} />}
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
	const submit = (e: SubmitEvent<HTMLFormElement>) => {
		e.preventDefault();
		const typed = field.current?.value ?? "";
		e.currentTarget.reset();
		void till.counter.find(typed);
	};
	return (
		<form className="scan" autoComplete="off" onSubmit={submit}>
			<label htmlFor="handle">{say("counter.scan_label")}</label>
			<div className="row">
				<input ref={field} id="handle" type="text" maxLength={64} autoCapitalize="characters" autoCorrect="off" spellCheck={false} enterKeyHint="search" aria-describedby="handle-hint" />
				<button className="button main" type="submit">{say("counter.find")}</button>
			</div>
			<p className="hint" id="handle-hint">{say("counter.scan_hint")}</p>
		</form>
	);
}

/** Ten seconds to take the last thing back. */
function Undo({ commandKey }: { commandKey: string }) {
	const { till, view } = useTill();
	const [left, setLeft] = useState(UNDO_MS / 1000);
	useEffect(() => {
		const timer = setInterval(() => setLeft((s) => s - 1), 1000);
		return () => clearInterval(timer);
	}, []);
	return (
		<button className="button undo" id="undo" type="button" disabled={view.busy} onClick={() => void till.counter.takeBack(commandKey)}>
			<Icon name="undone" />{say("counter.undo", { count: Math.max(1, left) })}
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
