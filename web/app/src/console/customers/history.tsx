// What happened on a card, newest first, and taking something of it back.

import { Button, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { newKey } from "../api.ts";
import { entriesQuery, type Card, type Entry } from "../data/customers.ts";
import { locationsQuery } from "../data/locations.ts";
import { useMay } from "../data/me.ts";
import { change, moment, number } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Empty } from "../parts/empty.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import { mayBeReversed } from "./entries.ts";
import { useReverse, type MovedCard } from "./moves.ts";
import { useWho } from "./who.ts";

/** How often the history is read anew while it is looked at. */
const LOOK_MS = 5_000;

export function History({ card }: { card: Card }) {
	const { say } = useTexts();
	const entries = useInfiniteQuery({ ...entriesQuery(card.id), refetchInterval: LOOK_MS });
	return (
		<Sheet title={say("history.title")}>
			<Answer of={entries}>
				{({ pages }) => {
					const list = pages.flatMap((p) => p.data);
					return list.length > 0 ? <><Entries card={card} entries={list} /><More of={entries} /></> : <Empty title={say("history.empty_title")} text={say("history.empty_text")} />;
				}}
			</Answer>
		</Sheet>
	);
}

function Entries({ card, entries }: { card: Card; entries: readonly Entry[] }) {
	const { say } = useTexts();
	const may = useMay();
	const who = useWho();
	const locations = useQuery(locationsQuery).data ?? [];
	const [chosen, setChosen] = useState<Entry>();
	const usable = card.status === "active" || card.status === "provisional";
	const undoable = (e: Entry) => may("entries:reverse") && usable && mayBeReversed(e, entries);
	return (
		<>
			<Table className="entries" caption={say("history.title")} rows={entries} rowKey={(e) => e.id} columns={[
				{ head: say("history.what"), cell: (e) => <><strong>{say(`entry.${e.kind}`)}</strong>{e.reason && <small>{e.reason}</small>}</> },
				{ head: say("history.when"), cell: (e) => <>{moment(e.at)}<small>{[who(e.actor), locations.find((l) => l.id === e.location_id)?.name].filter(Boolean).join(" · ")}</small></> },
				{ head: say("history.change"), number: true, cell: (e) => (e.quantity === 0 ? "" : change(e.quantity)) },
				{ head: say("history.balance"), number: true, cell: (e) => number(e.balance_after) },
				{ head: say("history.undo"), quiet: true, cell: (e) => undoable(e) && <div className="row"><Button variant="default" onClick={() => setChosen(e)}>{say("history.undo")}<span className="unseen"> {say(`entry.${e.kind}`)} {moment(e.at)}</span></Button></div> },
			]} />
			{chosen && <Reverse card={card} entry={chosen} close={() => setChosen(undefined)} />}
		</>
	);
}

export function Reverse({ card, entry, close }: { card: MovedCard; entry: Pick<Entry, "id" | "kind">; close: () => void }) {
	const { say } = useTexts();
	const reverse = useReverse();
	const tell = useTell();
	const [key] = useState(newKey);
	const [reason, setReason] = useState("");
	const run = async () => {
		await reverse(card, entry.id, reason.trim(), key);
		tell({ text: say("card.undone") });
	};
	return (
		<Dialog title={say("history.undo_title", { what: say(`entry.${entry.kind}`) })} confirm={say("history.undo")} danger ready={reason.trim() !== ""} run={run} close={close}>
			<p>{say(entry.kind === "redeem" ? "history.undo_redeem_text" : "history.undo_text")}</p>
			<TextInput label={say("card.reason")} description={say("card.reason_text")} value={reason} maxLength={200} required data-autofocus onChange={(e) => setReason(e.currentTarget.value)} />
		</Dialog>
	);
}
