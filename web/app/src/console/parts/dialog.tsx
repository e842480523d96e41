// A question in a dialog: what will happen, perhaps a reason, one button that does it.

import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { SyntheticEvent, ReactNode } from "react";
import { useTexts } from "../texts.ts";
import { Modal } from "./modal.tsx";
import { Problem } from "./problem.tsx";

interface DialogProps {
	title: string;
	/** What the button that does it says. */
	confirm: string;
	/** It takes something away. */
	danger?: boolean;
	/** Whether it can be done as it stands. */
	ready?: boolean;
	run: () => Promise<unknown>;
	close: () => void;
	children: ReactNode;
}

export function Dialog({ title, confirm, danger, ready = true, run, close, children }: DialogProps) {
	const { say } = useTexts();
	const action = useMutation({ mutationFn: run, onSuccess: close });
	const submit = (e: SyntheticEvent) => {
		e.preventDefault();
		if (ready && !action.isPending) {
			action.mutate();
		}
	};
	return (
		<Modal close={close} title={title}>
			<form onSubmit={submit} noValidate className="dialog">
				{children}
				{action.isError && <Problem error={action.error} />}
				<div className="dialog-buttons">
					<Button variant="default" onClick={close}>{say("app.cancel")}</Button>
					<Button type="submit" loading={action.isPending} disabled={!ready} {...(danger && { className: "danger" })}>{confirm}</Button>
				</div>
			</form>
		</Modal>
	);
}
