// The frame of a form: complaints above, one bar with the buttons below. Ctrl or ⌘ with
// S saves.

import { Button } from "@mantine/core";
import { useCallback, useEffect, useRef, useState, type SyntheticEvent, type ReactNode } from "react";
import { Refused } from "../../api/problem.ts";
import { useTexts } from "../texts.ts";
import { Guard } from "./guard.tsx";
import { Problem } from "./problem.tsx";

/** Returns what the server said about a field, "" if nothing. */
export function useComplaints(error: unknown): (field: string) => string {
	const { say, reason } = useTexts();
	return useCallback((field) => {
		const problem = error instanceof Refused ? error.problem : undefined;
		// What is said in several languages is complained of in one of them.
		const complained = problem?.field?.replace(/\.[a-z]{2}$/, "");
		return problem && (problem.field === field || complained === field) ? reason(problem) || say("form.refused_field", { detail: problem.detail }) : "";
	}, [error, say, reason]);
}

interface FormProps {
	dirty: boolean;
	saving: boolean;
	error: unknown;
	/** What the button says. */
	save: string;
	/** Whether it can be saved as it stands; what is missing is told at the fields. */
	valid?: boolean;
	submit: () => void;
	/** Lets the fields say what is missing, where they wait with that until somebody tries. */
	check?: () => void;
	discard?: () => void;
	/** A new thing can be saved before anything is typed. */
	always?: boolean;
	children: ReactNode;
}

export function Form({ dirty, saving, error, save, valid = true, submit, check, discard, always, children }: FormProps) {
	const { say } = useTexts();
	const form = useRef<HTMLFormElement>(null);
	useEffect(() => {
		const saves = (e: KeyboardEvent) => {
			if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s") {
				e.preventDefault();
				form.current?.requestSubmit();
			}
		};
		addEventListener("keydown", saves);
		return () => removeEventListener("keydown", saves);
	}, []);
	useEffect(() => {
		if (error) {
			form.current?.querySelector<HTMLElement>("[aria-invalid=true], [role=alert]")?.scrollIntoView({ block: "center" });
			form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus({ preventScroll: true });
		}
	}, [error]);
	// What is wrong can be typed at once. Some fields say it only now that somebody tried.
	const [tries, setTries] = useState(0);
	useEffect(() => {
		if (tries > 0) {
			form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
		}
	}, [tries]);
	const send = (e: SyntheticEvent) => {
		e.preventDefault();
		if (saving || !(dirty || always)) {
			return;
		}
		setTries(tries + 1);
		if (valid) {
			submit();
		} else {
			check?.();
		}
	};
	return (
		<form ref={form} onSubmit={send} noValidate className="form">
			<Guard when={dirty && !saving} />
			{Boolean(error) && <Problem error={error} />}
			{children}
			{(dirty || always) && (
				<div className={always ? "form-bar" : "form-bar floating"}>
					{discard && dirty && <Button variant="default" onClick={discard}>{say("form.discard")}</Button>}
					<Button type="submit" loading={saving}>{save}</Button>
				</div>
			)}
		</form>
	);
}
