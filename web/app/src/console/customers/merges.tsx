// The merges that a customer was part of, and taking one back.

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { newKey } from "../api.ts";
import { customerQuery, mergesQuery, type Customer, type Merge } from "../data/customers.ts";
import { useMay } from "../data/me.ts";
import { day, moment } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Answer } from "../parts/listing.tsx";
import { Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { useMerge } from "./deeds.ts";
import { fullName } from "./name.ts";
import { useWho } from "./who.ts";

export function Merges({ customer }: { customer: Customer }) {
	const { say } = useTexts();
	const merges = useQuery(mergesQuery(customer.id));
	return (
		<Sheet title={say("merge.list")}>
			<Answer of={merges} lines={2}>
				{(list) => list.length === 0 ? <p className="hint">{say("merge.none")}</p> : (
					<ul className="deeds">{list.map((m) => <One key={m.id} merge={m} customer={customer} />)}</ul>
				)}
			</Answer>
		</Sheet>
	);
}

/** The instant when the screen was opened is near enough: the server has the last word. */
function One({ merge, customer }: { merge: Merge; customer: Customer }) {
	const { say } = useTexts();
	const may = useMay();
	const who = useWho();
	const [opened] = useState(Date.now);
	const [open, setOpen] = useState(false);
	const came = merge.kept_customer_id === customer.id;
	const otherId = came ? merge.merged_customer_id : merge.kept_customer_id;
	const other = useQuery(customerQuery(otherId)).data;
	const name = other ? fullName(other) : "";
	const moved = merge.cards.reduce((sum, c) => sum + c.moved, 0);
	return (
		<li>
			<span>{say(came ? "merge.came" : "merge.went")} <Link to="/customers/$customerId" params={{ customerId: otherId }}>{name}</Link></span>
			<small>{say("merge.by", { when: moment(merge.merged_at), who: who(merge.merged_by), count: moved })}</small>
			{merge.undone_at && merge.undone_by && <small>{say("merge.undone", { when: moment(merge.undone_at), who: who(merge.undone_by) })}</small>}
			{!merge.undone_at && Date.parse(merge.undo_until) > opened && (
				<>
					<small>{say("merge.undo_until", { day: day(merge.undo_until) })}</small>
					{may("customers:write") && <div className="row"><Button variant="default" onClick={() => setOpen(true)}>{say("merge.undo")}<span className="unseen"> {name}</span></Button></div>}
				</>
			)}
			{open && <Undo merge={merge} name={name} close={() => setOpen(false)} />}
		</li>
	);
}

function Undo({ merge, name, close }: { merge: Merge; name: string; close: () => void }) {
	const { say } = useTexts();
	const { undo } = useMerge();
	const [key] = useState(newKey);
	return (
		<Dialog title={say("merge.undo_title", { name })} confirm={say("merge.undo")} run={() => undo(merge.id, key)} close={close}>
			<p>{say("merge.undo_text")}</p>
		</Dialog>
	);
}
