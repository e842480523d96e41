import { NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api } from "../api.ts";
import { locationsQuery, type Location } from "../data/locations.ts";
import { actsAt, useMe } from "../data/me.ts";
import { useDraft } from "../parts/editor.ts";
import { Empty } from "../parts/empty.tsx";
import { Form, useComplaints } from "../parts/form.tsx";
import { Answer } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { Code } from "./code.tsx";
import "./tills.css";

export function PairTill() {
	const { say } = useTexts();
	const locations = useQuery(locationsQuery);
	return (
		<Room title={say("tills.add")} back={{ to: "/tills", label: say("tills.title") }} intro={say("tills.pair_intro")}>
			<Answer of={locations}>
				{(list) => list.length > 0
					? <Pairing locations={list} />
					: <Sheet><Empty title={say("locations.empty_title")} text={say("tills.needs_location")} action={<Link className="button main" to="/locations/new">{say("locations.add")}</Link>} /></Sheet>}
			</Answer>
		</Room>
	);
}

function Pairing({ locations }: { locations: readonly Location[] }) {
	const { say } = useTexts();
	const me = useMe();
	const draft = useDraft({ name: "", location: me.location_id ?? locations[0]?.id ?? "" });
	const [checked, setChecked] = useState(false);
	const { name, location } = draft.values;
	const making = useMutation({ mutationFn: () => answerOf(api.POST("/v1/till-pairing-codes", { body: { name: name.trim(), location_id: location } })) });
	const complaint = useComplaints(making.error);
	if (making.data) {
		return <Code code={making.data} location={locations.find((l) => l.id === making.data.location_id)?.name ?? ""} again={() => making.reset()} />;
	}
	const submit = () => {
		setChecked(true);
		if (name.trim()) {
			making.mutate();
		}
	};
	return (
		<Sheet>
			<Form dirty={draft.dirty} always saving={making.isPending} error={making.error} save={say("tills.make_code")} submit={submit}>
				<TextInput label={say("tills.name")} description={say("tills.name_text")} value={name} maxLength={100} required onChange={(e) => draft.set({ name: e.currentTarget.value })}
					error={(checked && !name.trim() && say("form.needed")) || complaint("name")} />
				<NativeSelect label={say("tills.location")} value={location} onChange={(e) => draft.set({ location: e.currentTarget.value })} error={complaint("location_id")}
					data={locations.filter((l) => actsAt(me, l.id)).map((l) => ({ value: l.id, label: l.name }))} />
			</Form>
		</Sheet>
	);
}
