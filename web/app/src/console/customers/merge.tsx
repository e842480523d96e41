// Merging: find the other one, see what it would do, do it.

import { Button, TextInput } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { newKey } from "../api.ts";
import { customersQuery, mergePreviewQuery, type Customer } from "../data/customers.ts";
import { spaced } from "../format.ts";
import { Icon } from "../parts/icons.tsx";
import { Answer } from "../parts/listing.tsx";
import { Modal } from "../parts/modal.tsx";
import { Problem } from "../parts/problem.tsx";
import { useTexts } from "../texts.ts";
import { useMerge } from "./deeds.ts";
import { contact, fullName } from "./name.ts";
import { Preview } from "./preview.tsx";

/** How long somebody pauses before what they typed is searched. */
const PAUSE_MS = 250;
/** How many of those found are offered: who is not among them is searched for better. */
const OFFERED = 6;

export function MergeDialog({ customer, close }: { customer: Customer; close: () => void }) {
	const { say } = useTexts();
	const [other, setOther] = useState<Customer>();
	return (
		<Modal title={say("merge.title")} close={close} wide={other !== undefined}>
			{other
				? <Confirm pair={{ kept: customer, other }} back={() => setOther(undefined)} close={close} />
				: <Find customer={customer} choose={setOther} close={close} />}
		</Modal>
	);
}

function Find({ customer, choose, close }: { customer: Customer; choose: (other: Customer) => void; close: () => void }) {
	const { say } = useTexts();
	const [typed, setTyped] = useState("");
	const [asked, setAsked] = useState("");
	useEffect(() => {
		const timer = setTimeout(() => setAsked(typed.trim()), PAUSE_MS);
		return () => clearTimeout(timer);
	}, [typed]);
	// People are in the register twice under one name.
	const query = asked || (customer.last_name ?? customer.first_name ?? "");
	const found = useInfiniteQuery({ ...customersQuery(query), placeholderData: keepPreviousData });
	const offered = (found.data?.pages ?? []).flatMap((p) => p.data).filter((c) => c.id !== customer.id).slice(0, OFFERED);
	return (
		<div className="dialog">
			<p>{say("merge.find_text", { name: fullName(customer) })}</p>
			<TextInput type="search" label={say("customers.search")} description={say("customers.search_text")} value={typed} maxLength={100} autoComplete="off" data-autofocus
				leftSection={<Icon name="search" />} onChange={(e) => setTyped(e.currentTarget.value)} />
			<Answer of={found}>
				{() => (
					<ul className="offered" aria-label={say("merge.offered")}>
						{offered.map((c) => (
							<li key={c.id}>
								<button type="button" className="button" onClick={() => choose(c)}>
									<strong>{fullName(c)}</strong><small>{[spaced(c.number), contact(c)].filter(Boolean).join(" · ")}</small>
								</button>
							</li>
						))}
					</ul>
				)}
			</Answer>
			<p role="status" className="hint">{found.data && offered.length === 0 && say("customers.nobody_title")}</p>
			<div className="dialog-buttons"><Button variant="default" onClick={close}>{say("app.cancel")}</Button></div>
		</div>
	);
}

/** The two often have one name. */
const called = (c: Customer) => `${fullName(c)} (${spaced(c.number)})`;

interface Pair { kept: Customer; other: Customer }

function Confirm({ pair: first, back, close }: { pair: Pair; back: () => void; close: () => void }) {
	const { say } = useTexts();
	const navigate = useNavigate();
	const { merge } = useMerge();
	const [pair, setPair] = useState(first);
	const [key, setKey] = useState(newKey);
	const preview = useQuery(mergePreviewQuery(pair.kept.id, pair.other.id));
	const doing = useMutation({
		mutationFn: () => merge(pair.kept.id, pair.other.id, key),
		onSuccess: () => {
			close();
			void navigate({ to: "/customers/$customerId", params: { customerId: pair.kept.id } });
		},
	});
	const turn = () => {
		setPair({ kept: pair.other, other: pair.kept });
		setKey(newKey());
		doing.reset();
	};
	return (
		<div className="dialog">
			<p>{say("merge.text", { kept: called(pair.kept), other: called(pair.other) })}</p>
			<p><Button variant="default" onClick={turn}>{say("merge.turn")}</Button></p>
			{preview.isError ? <Problem error={preview.error} /> : <Answer of={preview} lines={6}>{(p) => <Preview preview={p} />}</Answer>}
			<p className="hint">{say("merge.after_text")}</p>
			{doing.isError && <Problem error={doing.error} />}
			<div className="dialog-buttons">
				<Button variant="default" onClick={back}>{say("merge.back")}</Button>
				<Button loading={doing.isPending} disabled={!preview.isSuccess || preview.isFetching} onClick={() => doing.mutate()}>{say("merge.do")}</Button>
			</div>
		</div>
	);
}
