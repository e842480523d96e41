// How the customer stands: blocked, merged into another, or neither. Nothing is shown of
// the usual case.

import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { blocksQuery, customerQuery, type Customer } from "../data/customers.ts";
import { useMay } from "../data/me.ts";
import { moment } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icons.tsx";
import { Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { useBlock } from "./deeds.ts";
import { MergeDialog } from "./merge.tsx";
import { fullName } from "./name.ts";
import { useWho } from "./who.ts";

const MAX_REASON = 200;

/** What can be done to a customer as a whole. */
export function Deeds({ customer }: { customer: Customer }) {
	const { say } = useTexts();
	const may = useMay();
	const [open, setOpen] = useState<"block" | "merge">();
	if (!may("customers:write") || customer.status === "merged") {
		return null;
	}
	const close = () => setOpen(undefined);
	return (
		<>
			{!customer.blocked_at && <Button variant="default" onClick={() => setOpen("merge")}>{say("merge.open")}</Button>}
			{!customer.blocked_at && <Button variant="default" onClick={() => setOpen("block")}>{say("block.do")}</Button>}
			{open === "block" && <Block customer={customer} close={close} />}
			{open === "merge" && <MergeDialog customer={customer} close={close} />}
		</>
	);
}

function Block({ customer, close }: { customer: Customer; close: () => void }) {
	const { say } = useTexts();
	const { block } = useBlock();
	const [reason, setReason] = useState("");
	return (
		<Dialog title={say("block.title", { name: fullName(customer) })} confirm={say("block.do")} danger ready={reason.trim() !== ""} close={close}
			run={() => block(customer.id, reason.trim())}>
			<p>{say("block.text")}</p>
			<TextInput label={say("card.reason")} description={say("block.reason_text")} value={reason} maxLength={MAX_REASON} required data-autofocus onChange={(e) => setReason(e.currentTarget.value)} />
		</Dialog>
	);
}

/** The banner above everything. */
export function Standing({ customer }: { customer: Customer }) {
	if (customer.merged_into) {
		return <Merged into={customer.merged_into} />;
	}
	return customer.blocked_at ? <Blocked customer={customer} /> : null;
}

function Merged({ into }: { into: string }) {
	const { say } = useTexts();
	const kept = useQuery(customerQuery(into)).data;
	return (
		<div className="standing" role="status">
			<p><Icon name="customers" /> {say("merge.into")} {kept && <Link to="/customers/$customerId" params={{ customerId: into }}>{fullName(kept)}</Link>}</p>
		</div>
	);
}

function Blocked({ customer }: { customer: Customer }) {
	const { say } = useTexts();
	const may = useMay();
	const who = useWho();
	const { unblock } = useBlock();
	const [open, setOpen] = useState(false);
	const block = useQuery(blocksQuery(customer.id)).data?.find((b) => !b.lifted_at);
	return (
		<div className="standing bad" role="status">
			<p><Icon name="bad" /> <strong>{say("block.blocked")}</strong> {block && say("block.since", { when: moment(block.blocked_at), who: who(block.blocked_by) })}</p>
			{block && <p>{say("card.reason")}: {block.reason}</p>}
			{may("customers:write") && <Button variant="default" onClick={() => setOpen(true)}>{say("block.lift")}</Button>}
			{open && (
				<Dialog title={say("block.lift_title", { name: fullName(customer) })} confirm={say("block.lift")} run={() => unblock(customer.id, block?.reason ?? "")} close={() => setOpen(false)}>
					<p>{say("block.lift_text")}</p>
				</Dialog>
			)}
		</div>
	);
}

/** The blocks that are over. Without any, nothing is shown. */
export function PastBlocks({ customerId }: { customerId: string }) {
	const { say } = useTexts();
	const who = useWho();
	const past = (useQuery(blocksQuery(customerId)).data ?? []).filter((b) => b.lifted_at && b.lifted_by);
	return past.length === 0 ? null : (
		<Sheet title={say("block.past")}>
			<ul className="deeds">
				{past.map((b) => (
					<li key={b.id}>
						<strong>{b.reason}</strong>
						<small>{say("block.since", { when: moment(b.blocked_at), who: who(b.blocked_by) })}</small>
						{b.lifted_at && b.lifted_by && <small>{say("block.until", { when: moment(b.lifted_at), who: who(b.lifted_by) })}</small>}
					</li>
				))}
			</ul>
		</Sheet>
	);
}
