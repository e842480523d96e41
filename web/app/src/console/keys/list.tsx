import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api } from "../api.ts";
import { keysQuery, type APIKey } from "../data/keys.ts";
import { useMay } from "../data/me.ts";
import { day, moment } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import "./keys.css";

export function Keys() {
	const { say } = useTexts();
	const may = useMay();
	const keys = useQuery(keysQuery);
	const add = may("api_keys:write") && <Link className="button main" to="/keys/new"><Icon name="plus" />{say("keys.add")}</Link>;
	return (
		<Room title={say("keys.title")} intro={say("keys.intro")} actions={keys.data?.length ? add : undefined}>
			<Sheet>
				<Answer of={keys}>
					{(list) => list.length > 0 ? <List keys={list} /> : <Empty title={say("keys.empty_title")} text={say("keys.empty_text")} action={add} />}
				</Answer>
			</Sheet>
		</Room>
	);
}

function List({ keys }: { keys: readonly APIKey[] }) {
	const { say } = useTexts();
	const may = useMay();
	const queries = useQueryClient();
	const tell = useTell();
	const [ending, setEnding] = useState<APIKey>();
	const revoke = async (key: APIKey) => {
		await answerOf(api.DELETE("/v1/api-keys/{api_key_id}", { params: { path: { api_key_id: key.id } } }));
		await queries.invalidateQueries({ queryKey: ["keys"] });
		tell({ text: say("keys.revoked", { name: key.name }) });
	};
	const state = (k: APIKey) => {
		if (k.revoked_at) {
			return <Badge>{say("keys.revoked_on", { day: day(k.revoked_at) })}</Badge>;
		}
		return may("api_keys:write") && <div className="row"><Button variant="default" onClick={() => setEnding(k)}>{say("keys.revoke")}<span className="unseen"> {k.name}</span></Button></div>;
	};
	return (
		<>
			<Table caption={say("keys.title")} rows={keys} rowKey={(k) => k.id} columns={[
				{ head: say("keys.name"), cell: (k) => <><strong>{k.name}</strong><small className="mono">…{k.hint}</small></> },
				{ head: say("keys.scopes"), cell: (k) => <span className="scopes">{k.scopes.map((s) => <code key={s}>{s}</code>)}</span> },
				{ head: say("keys.last_used"), cell: (k) => (k.last_used_at ? moment(k.last_used_at) : say("tills.never")) },
				{ head: say("keys.revoke"), quiet: true, cell: state },
			]} />
			{ending && (
				<Dialog title={say("keys.revoke_title", { name: ending.name })} confirm={say("keys.revoke")} danger run={() => revoke(ending)} close={() => setEnding(undefined)}>
					<p>{say("keys.revoke_text")}</p>
				</Dialog>
			)}
		</>
	);
}
