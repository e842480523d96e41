import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { answerOf, type Schema } from "../../api/client.ts";
import { LANGUAGES } from "../../locale/locale.ts";
import { api, ifMatch } from "../api.ts";
import { locationsQuery } from "../data/locations.ts";
import { useMe } from "../data/me.ts";
import { staffMemberQuery, type Staff } from "../data/staff.ts";
import { Conflict } from "../parts/conflict.tsx";
import { difference } from "../parts/draft.ts";
import { useDraft, useEditor } from "../parts/editor.ts";
import { Form } from "../parts/form.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { StaffFields, valuesOf, type StaffValues } from "./fields.tsx";
import { Access } from "./access.tsx";

const empty: StaffValues = { name: "", email: "", role: "cashier", locale: "", location: "" };

/** What the API is told of the members that were changed. */
function changeOf(base: StaffValues, values: StaffValues): Schema["StaffChange"] {
	const { location, locale, ...rest } = difference(base, values);
	return { ...rest, ...(locale && { locale }), ...(location !== undefined && { location_id: location || null }) };
}

export function NewStaff() {
	const { say } = useTexts();
	const me = useMe();
	const draft = useDraft({ ...empty, location: me.location_id ?? "" });
	const [checked, setChecked] = useState(false);
	const queries = useQueryClient();
	const navigate = useNavigate();
	const tell = useTell();
	const creation = useMutation({
		mutationFn: () => {
			const { name, email, role, locale, location } = draft.values;
			return answerOf(api.POST("/v1/staff", { body: { name, role, ...(email && { email }), ...(locale && { locale }), ...(location && { location_id: location }) } }));
		},
		onSuccess: async (made) => {
			await queries.invalidateQueries({ queryKey: ["staff"] });
			tell({ text: say("staff.added", { name: made.name }) });
			// Without a PIN nobody can work at a till, so that comes next.
			await navigate({ to: "/staff/$staffId", params: { staffId: made.id }, ignoreBlocker: true });
		},
	});
	return (
		<Room title={say("staff.add")} back={{ to: "/staff", label: say("staff.title") }}>
			<Sheet>
				<Form dirty={draft.dirty} always saving={creation.isPending} error={creation.error} save={say("staff.add")} valid={draft.values.name.trim() !== ""} submit={() => creation.mutate()} check={() => setChecked(true)}>
					<StaffFields values={draft.values} set={draft.set} error={creation.error} dirty={draft.dirty || checked} />
				</Form>
			</Sheet>
		</Room>
	);
}

export function EditStaff() {
	const { say } = useTexts();
	const { staffId } = useParams({ from: "/staff/$staffId" });
	const person = useQuery(staffMemberQuery(staffId));
	return (
		<Room title={person.data?.name ?? say("staff.title")} back={{ to: "/staff", label: say("staff.title") }}>
			<Answer of={person}>{(p) => <Edit key={p.id} person={p} />}</Answer>
		</Room>
	);
}

function Edit({ person }: { person: Staff }) {
	const { say } = useTexts();
	const me = useMe();
	const queries = useQueryClient();
	const tell = useTell();
	const locations = useQuery(locationsQuery).data ?? [];
	const one = staffMemberQuery(person.id);
	const keep = (s: Staff) => {
		queries.setQueryData(one.queryKey, s);
		void queries.invalidateQueries({ queryKey: ["staff"], exact: true });
	};
	const editor = useEditor<Staff, StaffValues>({
		stored: person, valuesOf,
		send: (base, values, version) => answerOf(api.PATCH("/v1/staff/{staff_id}", {
			params: { path: { staff_id: person.id }, header: ifMatch(version) }, body: changeOf(base, values),
		})),
		reread: () => queries.query({ ...one, staleTime: 0 }),
		saved: (s) => { keep(s); tell({ text: say("form.saved") }); },
	});
	const describe = (m: keyof StaffValues, v: StaffValues): readonly [string, string] => {
		switch (m) {
			case "role":
				return [say("staff.role"), say(`role.${v.role}`)];
			case "location":
				return [say("staff.location"), v.location ? (locations.find((l) => l.id === v.location)?.name ?? "") : say("staff.every_location")];
			case "locale":
				return [say("app.language"), v.locale && LANGUAGES[v.locale]];
			case "name": case "email":
				return [say(`staff.${m}`), v[m]];
		}
	};
	return (
		<>
			<Conflict editor={editor} describe={describe} />
			<div className="columns two">
				<Sheet>
					<Form dirty={editor.dirty} saving={editor.saving} error={editor.error} save={say("form.save")} valid={editor.values.name.trim() !== ""} submit={editor.save} discard={editor.discard}>
						<StaffFields values={editor.values} set={editor.set} error={editor.error} dirty={editor.dirty} self={person.id === me.staff_id} />
					</Form>
				</Sheet>
				<Access person={person} self={person.id === me.staff_id} keep={keep} />
			</div>
		</>
	);
}
