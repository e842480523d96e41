// Two people changed the same thing: what each wants, and a choice.

import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTexts } from "../texts.ts";
import type { Editor } from "./editor.ts";
import { Icon } from "./icons.tsx";
import { Table } from "./table.tsx";

interface ConflictProps<V extends object> {
	editor: Editor<V>;
	/** What a member is called, and how its value is said in a few words. */
	describe: (member: keyof V, values: V) => readonly [name: string, value: string];
}

export function Conflict<V extends object>({ editor, describe }: ConflictProps<V>) {
	const { say } = useTexts();
	const { conflict } = editor;
	const section = useRef<HTMLElement>(null);
	const asked = conflict !== undefined;
	useEffect(() => {
		if (asked) {
			section.current?.scrollIntoView({ block: "center" });
			section.current?.focus({ preventScroll: true });
		}
	}, [asked]);
	if (!conflict) {
		return null;
	}
	return (
		<section ref={section} tabIndex={-1} className="conflict" role="alertdialog" aria-labelledby="conflict-title" aria-describedby="conflict-text">
			<h2 id="conflict-title"><Icon name="bad" /> {say("form.conflict_title")}</h2>
			<p id="conflict-text">{say("form.conflict_text")}</p>
			<Table caption={say("form.conflict_title")} rowKey={(m) => String(m)} rows={conflict.both} columns={[
				{ head: say("form.conflict_what"), cell: (m) => describe(m, conflict.mine)[0] },
				{ head: say("form.conflict_mine"), cell: (m) => describe(m, conflict.mine)[1] },
				{ head: say("form.conflict_theirs"), cell: (m) => describe(m, conflict.stored)[1] },
			]} />
			<div className="dialog-buttons">
				<Button variant="default" onClick={editor.takeTheirs}>{say("form.take_theirs")}</Button>
				<Button onClick={editor.keepMine}>{say("form.keep_mine")}</Button>
			</div>
		</section>
	);
}
