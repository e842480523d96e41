// The passes in a wallet that are behind, where somebody asks for them at their count.

import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import "../customers/customers.css";
import { Version } from "../customers/wallets.tsx";
import { useMay } from "../data/me.ts";
import { stalePassesQuery, type HeldPass, type Wallet } from "../data/wallets.ts";
import { number } from "../format.ts";
import { Empty } from "../parts/empty.tsx";
import { Answer } from "../parts/listing.tsx";
import { Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

/** How often the list is read anew while it is looked at. */
const LOOK_MS = 15_000;

/** How many passes are behind, and the way to them. */
export function StaleCount({ wallet, count }: { wallet: Wallet; count: number }) {
	const { say } = useTexts();
	const may = useMay();
	return count > 0 && may("cards:read")
		? <Link className="to-stale" to="/passes" search={{ behind: wallet }} resetScroll={false}>{number(count)}<span className="unseen"> {say("passes.stale_show")}</span></Link>
		: number(count);
}

/** The passes of the wallet that are behind, if the address asks for them. */
export function Stale({ wallet, name }: { wallet: Wallet; name: string }) {
	const { behind } = useSearch({ from: "/passes/" });
	return behind === wallet ? <Found wallet={wallet} name={name} /> : null;
}

function Found({ wallet, name }: { wallet: Wallet; name: string }) {
	const { say } = useTexts();
	const found = useQuery({ ...stalePassesQuery(wallet), refetchInterval: LOOK_MS });
	return (
		<Sheet title={`${name}: ${say("passes.stale")}`} actions={<Link className="button" to="/passes" resetScroll={false}>{say("app.close")}</Link>}>
			<Answer of={found}>{(list) => (list.length > 0 ? <List passes={list} name={name} /> : <Empty title={say("passes.stale_none")} />)}</Answer>
		</Sheet>
	);
}

function List({ passes, name }: { passes: readonly HeldPass[]; name: string }) {
	const { say } = useTexts();
	const may = useMay();
	return (
		<Table className="wallets" caption={`${name}: ${say("passes.stale")}`} rows={passes} rowKey={(h) => h.pass.serial} columns={[
			{ head: say("coupons.holder"), cell: (h) => (may("customers:read") ? <Link to="/customers/$customerId" params={{ customerId: h.customer_id }} search={{ card: h.card_id }}>{h.display_name}</Link> : h.display_name) },
			{ head: say("wallets.desired"), cell: (h) => <Version of={h.pass.desired} /> },
			{ head: say("wallets.pushed"), cell: (h) => <Version of={h.pass.pushed} problem={h.pass.problem} /> },
			{ head: say("wallets.fetched"), cell: (h) => <Version of={h.pass.fetched} /> },
		]} />
	);
}
