// How somebody gets in: the PIN for tills, and whether they may come in at all.

import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { answerOf } from "../../api/client.ts";
import { api, ifMatch } from "../api.ts";
import type { Staff } from "../data/staff.ts";
import { Badge } from "../parts/badge.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useTell } from "../parts/notices.tsx";
import { Sheet } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { useTexts } from "../texts.ts";
import { pinProblem } from "./pin.ts";

interface AccessProps {
	person: Staff;
	self: boolean;
	keep: (person: Staff) => void;
}

export function Access({ person, self, keep }: AccessProps) {
	return (
		<div>
			{person.active && <Pin person={person} />}
			{!self && <Active person={person} keep={keep} />}
		</div>
	);
}

function Pin({ person }: { person: Staff }) {
	const { say } = useTexts();
	const [pin, setPin] = useState("");
	const [checked, setChecked] = useState(false);
	const queries = useQueryClient();
	const tell = useTell();
	const problem = pinProblem(pin);
	const setting = useMutation({
		mutationFn: () => answerOf(api.PUT("/v1/staff/{staff_id}/pin", { params: { path: { staff_id: person.id } }, body: { pin } })),
		onSuccess: () => {
			setPin("");
			setChecked(false);
			tell({ text: say("staff.pin_saved", { name: person.name }) });
			return queries.invalidateQueries({ queryKey: ["staff"] });
		},
	});
	const submit = (e: SyntheticEvent) => {
		e.preventDefault();
		setChecked(true);
		if (!problem) {
			setting.mutate();
		}
	};
	return (
		<Sheet title={say("staff.pin")} actions={person.has_pin ? <Badge kind="good">{say("staff.pin_set")}</Badge> : <Badge kind="warn">{say("staff.pin_none")}</Badge>}>
			<form onSubmit={submit} noValidate className="fields">
				<TextInput label={say(person.has_pin ? "staff.pin_new" : "staff.pin_first")} description={say("staff.pin_text")} value={pin} inputMode="numeric" autoComplete="off" maxLength={12}
					onChange={(e) => setPin(e.currentTarget.value)} error={checked && problem && say(problem)} />
				{setting.isError && <Problem error={setting.error} />}
				<div className="row"><Button type="submit" loading={setting.isPending}>{say("staff.pin_save")}</Button></div>
			</form>
		</Sheet>
	);
}

function Active({ person, keep }: { person: Staff; keep: (person: Staff) => void }) {
	const { say, explain } = useTexts();
	const tell = useTell();
	const [asking, setAsking] = useState(false);
	const turn = async (active: boolean, from: Staff) => {
		const now = await answerOf(api.PATCH("/v1/staff/{staff_id}", { params: { path: { staff_id: from.id }, header: ifMatch(from.version) }, body: { active } }));
		keep(now);
		return now;
	};
	const back = useMutation({
		mutationFn: (from: Staff) => turn(true, from),
		onSuccess: () => tell({ text: say("staff.activated", { name: person.name }) }),
		onError: (e) => tell({ text: explain(e), bad: true }),
	});
	const leave = async () => {
		const gone = await turn(false, person);
		tell({ text: say("staff.deactivated", { name: person.name }), action: { label: say("app.undo"), run: () => back.mutate(gone) } });
	};
	return (
		<Sheet title={say("staff.state")}>
			<p>{say(person.active ? "staff.active_text" : "staff.inactive_text")}</p>
			{person.active
				? <Button variant="default" onClick={() => setAsking(true)}>{say("staff.deactivate")}</Button>
				: <Button loading={back.isPending} onClick={() => back.mutate(person)}>{say("staff.activate")}</Button>}
			{asking && (
				<Dialog title={say("staff.deactivate_title", { name: person.name })} confirm={say("staff.deactivate")} danger run={leave} close={() => setAsking(false)}>
					<p>{say("staff.deactivate_text")}</p>
				</Dialog>
			)}
		</Sheet>
	);
}
