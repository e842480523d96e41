import { TextInput } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { customersQuery, type Customer } from "../data/customers.ts";
import { useMe } from "../data/me.ts";
import { day, spaced } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Export } from "../parts/export.tsx";
import { FirstStep } from "../parts/first_step.tsx";
import { Icon } from "../parts/icons.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import { contact, fullName } from "./name.ts";

/** How long somebody pauses before what they typed is searched. */
const PAUSE_MS = 250;
/** The server takes no more. */
const MAX_QUERY = 100;
/** How often the list is read anew while it is looked at. */
const LOOK_MS = 10_000;

export function Customers() {
	const { say } = useTexts();
	const { query = "" } = useSearch({ from: "/customers/" });
	const found = useInfiniteQuery({ ...customersQuery(query), placeholderData: keepPreviousData, refetchInterval: LOOK_MS });
	return (
		<Room title={say("customers.title")} intro={say("customers.intro")} actions={<Export list="customers" filter={query ? { query } : {}} />}>
			<Search query={query} />
			<Sheet>
				<Answer of={found}>
					{({ pages }) => {
						const customers = pages.flatMap((p) => p.data);
						return (
							<>
								{customers.length > 0 ? <List customers={customers} /> : <Nobody query={query} />}
								<p className="unseen" role="status">{query && say("customers.found", { count: customers.length })}</p>
								<More of={found} />
							</>
						);
					}}
				</Answer>
			</Sheet>
		</Room>
	);
}

function Search({ query }: { query: string }) {
	const { say } = useTexts();
	const navigate = useNavigate({ from: "/customers" });
	const [typed, setTyped] = useState(query);
	const [asked, setAsked] = useState(query);
	// Somebody went back, or came by another link.
	if (query !== asked) {
		setAsked(query);
		setTyped(query);
	}
	useEffect(() => {
		const wanted = typed.trim();
		if (wanted === asked) {
			return;
		}
		const timer = setTimeout(() => {
			setAsked(wanted);
			void navigate({ search: wanted ? { query: wanted } : {}, replace: true });
		}, PAUSE_MS);
		return () => clearTimeout(timer);
	}, [typed, asked, navigate]);
	return (
		<div className="filters" role="search">
			<TextInput className="wide" type="search" label={say("customers.search")} description={say("customers.search_text")} value={typed} maxLength={MAX_QUERY} autoComplete="off"
				leftSection={<Icon name="search" />} onChange={(e) => setTyped(e.currentTarget.value)} />
		</div>
	);
}

function Nobody({ query }: { query: string }) {
	const { say } = useTexts();
	const { slug } = useMe().organization;
	return query
		? <Empty title={say("customers.nobody_title")} text={say("customers.nobody_text", { query })} />
		: <Empty title={say("customers.empty_title")} text={say("customers.empty_text")} action={(
			<FirstStep><a className="button main" href={`/join/${slug}`} target="_blank" rel="noreferrer">{say("programs.join_page")}<Icon name="open" /></a></FirstStep>
		)} />;
}

function List({ customers }: { customers: readonly Customer[] }) {
	const { say } = useTexts();
	return (
		<Table caption={say("customers.title")} rows={customers} rowKey={(c) => c.id} columns={[
			{ head: say("customers.name"), cell: (c) => <><Link to="/customers/$customerId" params={{ customerId: c.id }}>{fullName(c)}</Link><small>{contact(c)}</small></> },
			{ head: say("customers.number"), cell: (c) => spaced(c.number) },
			{ head: say("customers.since"), cell: (c) => day(c.created_at) },
			{ head: say("customers.state"), quiet: true, cell: (c) => <State customer={c} /> },
		]} />
	);
}

function State({ customer }: { customer: Customer }) {
	const { say } = useTexts();
	return (
		<>
			{customer.status === "provisional" && <Badge kind="warn">{say("customers.provisional")}</Badge>}
			{customer.blocked_at && <Badge kind="bad">{say("block.blocked")}</Badge>}
		</>
	);
}
