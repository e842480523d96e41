import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api } from "../api.ts";
import { locationsQuery } from "../data/locations.ts";
import { actsAt, useMay, useMe } from "../data/me.ts";
import { tillsQuery, type Till } from "../data/tills.ts";
import { moment } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

export function Tills() {
	const { say } = useTexts();
	const may = useMay();
	const tills = useQuery(tillsQuery);
	const add = may("tills:write") && <Link className="button main" to="/tills/new"><Icon name="plus" />{say("tills.add")}</Link>;
	return (
		<Room title={say("tills.title")} intro={say("tills.intro")} actions={tills.data?.some((t) => !t.revoked_at) ? add : undefined}>
			<Sheet>
				<Answer of={tills}>
					{(all) => {
						const paired = all.filter((t) => !t.revoked_at);
						return paired.length > 0 ? <List tills={paired} /> : <Empty title={say("tills.empty_title")} text={say("tills.empty_text")} action={add} />;
					}}
				</Answer>
			</Sheet>
		</Room>
	);
}

function List({ tills }: { tills: readonly Till[] }) {
	const { say } = useTexts();
	const may = useMay();
	const me = useMe();
	const queries = useQueryClient();
	const tell = useTell();
	const locations = useQuery(locationsQuery).data ?? [];
	const [leaving, setLeaving] = useState<Till>();
	const unpair = async (till: Till) => {
		await answerOf(api.DELETE("/v1/tills/{till_id}", { params: { path: { till_id: till.id } } }));
		await queries.invalidateQueries({ queryKey: ["tills"] });
		tell({ text: say("tills.unpaired", { name: till.name }) });
	};
	return (
		<>
			<Table caption={say("tills.title")} rows={tills} rowKey={(t) => t.id} columns={[
				{ head: say("tills.name"), cell: (t) => <strong>{t.name}</strong> },
				{ head: say("tills.location"), cell: (t) => locations.find((l) => l.id === t.location_id)?.name ?? "" },
				{ head: say("tills.last_used"), cell: (t) => (t.last_used_at ? moment(t.last_used_at) : say("tills.never")) },
				...(may("tills:write") ? [{ head: say("tills.unpair"), quiet: true, cell: (t: Till) => actsAt(me, t.location_id) && <div className="row"><Button variant="default" onClick={() => setLeaving(t)}>{say("tills.unpair")}<span className="unseen"> {t.name}</span></Button></div> }] : []),
			]} />
			{leaving && (
				<Dialog title={say("tills.unpair_title", { name: leaving.name })} confirm={say("tills.unpair")} danger run={() => unpair(leaving)} close={() => setLeaving(undefined)}>
					<p>{say("tills.unpair_text")}</p>
				</Dialog>
			)}
		</>
	);
}
