// A card in the wallets of phones: what each should have, was told of and has.

import { useQuery } from "@tanstack/react-query";
import type { Card } from "../data/customers.ts";
import { useMay } from "../data/me.ts";
import { passesQuery } from "../data/passes.ts";
import { cardPassesQuery, type CardPass } from "../data/wallets.ts";
import { day, lately, number } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Copied } from "../parts/copied.tsx";
import { Empty } from "../parts/empty.tsx";
import { Answer } from "../parts/listing.tsx";
import { Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import { shortSerial } from "./serial.ts";

/** How often the passes are read anew while they are looked at. */
const LOOK_MS = 5_000;

const NAMES = { apple: "Apple Wallet", google: "Google Wallet", samsung: "Samsung Wallet" } as const;
const KINDS = { waiting: "plain", installed: "good", stale: "warn", removed: "plain", void: "bad" } as const;

export function Wallets({ card }: { card: Card }) {
	const { say } = useTexts();
	const may = useMay();
	const passes = useQuery({ ...cardPassesQuery(card.id), refetchInterval: LOOK_MS });
	const stats = useQuery({ ...passesQuery, enabled: may("stats:read") }).data;
	const offered = stats === undefined || stats.offered || stats.google !== undefined || stats.samsung !== undefined;
	if (passes.data?.length === 0 && !offered) {
		return null; // nothing can be done about it here
	}
	return (
		<Sheet title={say("wallets.title")}>
			<Answer of={passes}>{(list) => (list.length > 0 ? <Passes passes={list} /> : <Nowhere card={card} />)}</Answer>
		</Sheet>
	);
}

function Nowhere({ card }: { card: Card }) {
	const { say } = useTexts();
	const usable = (card.status === "active" || card.status === "provisional") && card.link;
	return <Empty title={say("wallets.none_title")} {...(usable && { text: say("wallets.none_text"), action: <Copied text={usable} label={say("wallets.copy_link")} /> })} />;
}

function Passes({ passes }: { passes: readonly CardPass[] }) {
	const { say } = useTexts();
	return (
		<Table className="wallets" caption={say("wallets.title")} rows={passes} rowKey={(p) => p.wallet + p.serial} columns={[
			{ head: say("wallets.wallet"), cell: (p) => <><strong>{NAMES[p.wallet]}</strong><small title={p.serial}>{shortSerial(p.serial)} · {day(p.created_at)}</small></> },
			{ head: say("wallets.state"), cell: (p) => <State of={p} /> },
			{ head: say("wallets.desired"), cell: (p) => <Version of={p.desired} /> },
			{ head: say("wallets.pushed"), cell: (p) => <Version of={p.pushed} /> },
			{ head: say("wallets.fetched"), cell: (p) => <Version of={p.fetched} /> },
		]} />
	);
}

function State({ of: pass }: { of: CardPass }) {
	const { say } = useTexts();
	return (
		<div className="fact">
			<Badge kind={KINDS[pass.state]}>{say(`wallets.state_${pass.state}`)}</Badge>
			{pass.removed_at !== null && <small>{lately(pass.removed_at)}</small>}
			{pass.devices !== null && pass.devices > 0 && <small>{say("wallets.devices", { count: pass.devices })}</small>}
			<Problem of={pass.problem} />
		</div>
	);
}

function Problem({ of: problem }: { of: CardPass["problem"] }) {
	const { say } = useTexts();
	return problem !== "" && <small className="complaint">{say(`wallets.problem_${problem}`)}</small>;
}

/** A version of a pass, since when, and what came between. */
export function Version({ of: version, problem = "" }: { of: CardPass["desired"]; problem?: CardPass["problem"] }) {
	return <div className="fact">{version.version === 0 ? "–" : number(version.version)}{version.at !== null && <small>{lately(version.at)}</small>}<Problem of={problem} /></div>;
}
