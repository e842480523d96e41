import { TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api, ifMatch } from "../api.ts";
import { locationQuery, type Location } from "../data/locations.ts";
import { useMe } from "../data/me.ts";
import { Conflict } from "../parts/conflict.tsx";
import { difference } from "../parts/draft.ts";
import { useDraft, useEditor } from "../parts/editor.ts";
import { Form, useComplaints } from "../parts/form.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { isZone, ZoneField } from "../parts/zones.tsx";
import { useTexts } from "../texts.ts";
import { placeOf, typedOf, type Typed } from "./coordinates.ts";
import { PlaceFields } from "./place.tsx";

interface Values {
	name: string;
	address: string;
	zone: string;
	external_ref: string;
	place: Typed;
}

const empty: Values = { name: "", address: "", zone: "", external_ref: "", place: typedOf(undefined) };
const valuesOf = (l: Location): Values => ({ name: l.name, address: l.address ?? "", zone: l.zone ?? "", external_ref: l.external_ref ?? "", place: typedOf(l.coordinates) });
const labels = { name: "locations.name", address: "locations.address", zone: "locations.zone", external_ref: "locations.external_ref", place: "locations.place" } as const;
const valid = (v: Values) => v.name.trim() !== "" && (v.zone === "" || isZone(v.zone)) && placeOf(v.place) !== undefined;
const shown = (v: Values, m: keyof Values) => (m === "place" ? `${v.place.latitude} ${v.place.longitude}` : v[m]);

/** What is sent of what was typed. */
function changeOf(base: Values, values: Values) {
	const { place, ...rest } = difference(base, values);
	return { ...rest, ...(place && { coordinates: placeOf(place) ?? null }) };
}

export function NewLocation() {
	const { say } = useTexts();
	const draft = useDraft(empty);
	const [checked, setChecked] = useState(false);
	const queries = useQueryClient();
	const navigate = useNavigate();
	const tell = useTell();
	const creation = useMutation({
		mutationFn: () => {
			const { coordinates, ...rest } = changeOf(empty, draft.values);
			return answerOf(api.POST("/v1/locations", { body: { ...rest, ...(coordinates && { coordinates }), name: draft.values.name } }));
		},
		onSuccess: async (made) => {
			await queries.invalidateQueries({ queryKey: ["locations"] });
			tell({ text: say("locations.added", { name: made.name }) });
			await navigate({ to: "/locations", ignoreBlocker: true });
		},
	});
	return (
		<Room title={say("locations.add")} back={{ to: "/locations", label: say("locations.title") }}>
			<Sheet>
				<Form dirty={draft.dirty} always saving={creation.isPending} error={creation.error} save={say("locations.add")} valid={valid(draft.values)} submit={() => creation.mutate()}
					check={() => setChecked(true)}>
					<Fields values={draft.values} set={draft.set} error={creation.error} dirty={draft.dirty || checked} />
				</Form>
			</Sheet>
		</Room>
	);
}

export function EditLocation() {
	const { say } = useTexts();
	const { locationId } = useParams({ from: "/locations/$locationId" });
	const location = useQuery(locationQuery(locationId));
	return (
		<Room title={location.data?.name ?? say("locations.title")} back={{ to: "/locations", label: say("locations.title") }}>
			<Answer of={location}>{(l) => <Edit key={l.id} location={l} />}</Answer>
		</Room>
	);
}

function Edit({ location }: { location: Location }) {
	const { say } = useTexts();
	const queries = useQueryClient();
	const tell = useTell();
	const one = locationQuery(location.id);
	const editor = useEditor<Location, Values>({
		stored: location, valuesOf,
		send: (base, values, version) => answerOf(api.PATCH("/v1/locations/{location_id}", {
			params: { path: { location_id: location.id }, header: ifMatch(version) }, body: changeOf(base, values),
		})),
		reread: () => queries.query({ ...one, staleTime: 0 }),
		saved: (l) => {
			queries.setQueryData(one.queryKey, l);
			void queries.invalidateQueries({ queryKey: ["locations"], exact: true });
			tell({ text: say("form.saved") });
		},
	});
	return (
		<>
			<Conflict editor={editor} describe={(m, v) => [say(labels[m]), shown(v, m)]} />
			<Sheet>
				<Form dirty={editor.dirty} saving={editor.saving} error={editor.error} save={say("form.save")} valid={valid(editor.values)} submit={editor.save} discard={editor.discard}>
					<Fields values={editor.values} set={editor.set} error={editor.error} dirty={editor.dirty} />
				</Form>
			</Sheet>
		</>
	);
}

interface FieldsProps {
	values: Values;
	set: (part: Partial<Values>) => void;
	error: unknown;
	dirty: boolean;
}

function Fields({ values, set, error, dirty }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const { zone } = useMe().organization;
	return (
		<>
			<TextInput label={say("locations.name")} value={values.name} maxLength={200} required onChange={(e) => set({ name: e.currentTarget.value })}
				error={(dirty && values.name.trim() === "" && say("form.needed")) || complaint("name")} />
			<TextInput label={say("locations.address")} value={values.address} maxLength={300} onChange={(e) => set({ address: e.currentTarget.value })} error={complaint("address")} />
			<TextInput label={say("locations.external_ref")} description={say("locations.external_ref_text")} value={values.external_ref} maxLength={200}
				onChange={(e) => set({ external_ref: e.currentTarget.value })} error={complaint("external_ref")} />
			<ZoneField label={say("locations.zone")} description={say("locations.zone_text", { zone })} value={values.zone} change={(z) => set({ zone: z })}
				error={(values.zone !== "" && !isZone(values.zone) && say("settings.zone_wrong")) || complaint("zone")} />
			<PlaceFields value={values.place} change={(place) => set({ place })} error={error} />
		</>
	);
}
