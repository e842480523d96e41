// What the columns of the file mean: chosen from lists for CSV, or written as text.

import { Button, Switch, Textarea } from "@mantine/core";
import { useState, type SyntheticEvent } from "react";
import { useMe } from "../data/me.ts";
import { Sheet } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { useComplaints } from "../parts/form.tsx";
import { useTexts } from "../texts.ts";
import type { Chosen } from "./choose.tsx";
import { MappingFields } from "./mapping_fields.tsx";
import { guess, lacks, templateFor, yamlOf } from "./mapping.ts";
import { Peek } from "./peek.tsx";

interface MappingFormProps {
	chosen: Chosen;
	sending: boolean;
	error: unknown;
	back: () => void;
	next: (mapping: string) => void;
}

export function MappingForm({ chosen, sending, error, back, next }: MappingFormProps) {
	const { say } = useTexts();
	const { zone } = useMe().organization;
	const { head } = chosen;
	const [mapping, setMapping] = useState(() => head && guess(head, zone));
	const [text, setText] = useState(() => (head ? "" : templateFor(chosen.file.name, zone)));
	const [byHand, setByHand] = useState(!head);
	const [checked, setChecked] = useState(false);
	const complaint = useComplaints(error);
	const lacking = mapping && !byHand ? lacks(mapping) : [];
	const submit = (e: SyntheticEvent) => {
		e.preventDefault();
		setChecked(true);
		if (lacking.length === 0) {
			next(byHand || !mapping ? text : yamlOf(mapping));
		}
	};
	const turn = (on: boolean) => {
		if (on && mapping) {
			setText(yamlOf(mapping));
		}
		setByHand(on);
	};
	return (
		<Sheet title={chosen.file.name}>
			{head && <Peek head={head} />}
			<form className="form" onSubmit={submit} noValidate>
				{mapping && <Switch label={say("imports.by_hand")} checked={byHand} onChange={(e) => turn(e.currentTarget.checked)} />}
				{byHand || !mapping || !head
					? <Textarea label={say("imports.mapping")} description={say("imports.mapping_text")} value={text} rows={18} spellCheck={false} classNames={{ input: "mono" }} onChange={(e) => setText(e.currentTarget.value)} error={complaint("mapping")} />
					: <MappingFields head={head} mapping={mapping} set={(part) => setMapping({ ...mapping, ...part })} lacking={checked ? lacking : []} />}
				{Boolean(error) && <><Problem error={error} />{complaint("mapping") && !byHand && <p className="complaint">{complaint("mapping")}</p>}{complaint("file") && <p className="complaint">{complaint("file")}</p>}</>}
				{checked && lacking.length > 0 && <p className="complaint" role="alert">{say("imports.lacking", { count: lacking.length })}</p>}
				<div className="row">
					<Button variant="default" onClick={back}>{say("imports.back")}</Button>
					<Button type="submit" loading={sending}>{say("imports.try")}</Button>
				</div>
			</form>
		</Sheet>
	);
}
