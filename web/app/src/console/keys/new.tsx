import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api } from "../api.ts";
import { locationsQuery } from "../data/locations.ts";
import { Copied } from "../parts/copied.tsx";
import { useDraft } from "../parts/editor.ts";
import { Form, useComplaints } from "../parts/form.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import "./keys.css";
import { BUNDLES, bundleOf, SCOPES, type Bundle, type Scope } from "./scopes.ts";

interface Values {
	name: string;
	scopes: readonly Scope[];
	location: string;
}

export function NewKey() {
	const { say } = useTexts();
	const queries = useQueryClient();
	const draft = useDraft<Values>({ name: "", scopes: BUNDLES.till, location: "" });
	const [checked, setChecked] = useState(false);
	const { name, scopes, location } = draft.values;
	const making = useMutation({
		mutationFn: () => answerOf(api.POST("/v1/api-keys", { body: { name: name.trim(), scopes: [...scopes], ...(location && { location_id: location }) } })),
		onSuccess: () => queries.invalidateQueries({ queryKey: ["keys"] }),
	});
	const submit = () => {
		setChecked(true);
		if (name.trim() && scopes.length > 0) {
			making.mutate();
		}
	};
	return (
		<Room title={say("keys.add")} back={{ to: "/keys", label: say("keys.title") }}>
			<Sheet>
				{making.data ? <Token token={making.data.token} name={making.data.api_key.name} /> : (
					<Form dirty={draft.dirty} always saving={making.isPending} error={making.error} save={say("keys.add")} submit={submit}>
						<Fields values={draft.values} set={draft.set} checked={checked} error={making.error} />
					</Form>
				)}
			</Sheet>
		</Room>
	);
}

interface FieldsProps {
	values: Values;
	set: (part: Partial<Values>) => void;
	checked: boolean;
	error: unknown;
}

function Fields({ values, set, checked, error }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const locations = useQuery(locationsQuery).data ?? [];
	const turn = (scope: Scope, on: boolean) => set({ scopes: SCOPES.filter((s) => (s === scope ? on : values.scopes.includes(s))) });
	return (
		<>
			<TextInput label={say("keys.name")} description={say("keys.name_text")} value={values.name} maxLength={100} required onChange={(e) => set({ name: e.currentTarget.value })}
				error={(checked && !values.name.trim() && say("form.needed")) || complaint("name")} />
			<NativeSelect label={say("keys.bundle")} value={bundleOf(values.scopes) ?? ""} onChange={(e) => { const b = e.currentTarget.value; set({ scopes: b ? BUNDLES[b as Bundle] : [] }); }}
				error={checked && values.scopes.length === 0 && say("keys.scopes_needed")}
				data={[...(Object.keys(BUNDLES) as Bundle[]).map((b) => ({ value: b, label: say(`keys.bundle_${b}`) })), { value: "", label: say("keys.bundle_own") }]} />
			<details open={bundleOf(values.scopes) === undefined}>
				<summary>{say("keys.scopes")} ({values.scopes.length})</summary>
				<fieldset className="scope-list" aria-label={say("keys.scopes")}>
					{SCOPES.map((s) => <Checkbox key={s} label={<code>{s}</code>} checked={values.scopes.includes(s)} onChange={(e) => turn(s, e.currentTarget.checked)} />)}
				</fieldset>
			</details>
			<NativeSelect label={say("keys.location")} value={values.location} onChange={(e) => set({ location: e.currentTarget.value })} error={complaint("location_id")}
				data={[{ value: "", label: say("staff.every_location") }, ...locations.map((l) => ({ value: l.id, label: l.name }))]} />
		</>
	);
}

function Token({ token, name }: { token: string; name: string }) {
	const { say } = useTexts();
	return (
		<div className="token">
			<h2>{say("keys.made", { name })}</h2>
			<p><strong>{say("keys.once")}</strong></p>
			<p><code className="secret" data-token>{token}</code></p>
			<div className="row">
				<Copied text={token} />
				<Link className="button" to="/keys">{say("keys.done")}</Link>
			</div>
		</div>
	);
}
