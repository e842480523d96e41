// What a merge would do, before and after, side by side.

import type { ReactElement } from "react";
import { lastDay, words } from "../../locale/locale.ts";
import type { MergePreview } from "../data/customers.ts";
import { spaced } from "../format.ts";
import { Table } from "../parts/table.tsx";
import { useTexts, type ConsoleText } from "../texts.ts";
import { fullName } from "./name.ts";

type PreviewedCard = MergePreview["cards"][number]["from"];

type Told = ReactElement | string | undefined;

interface Line {
	what: string;
	other: Told;
	kept: Told;
	after: Told;
}

export function Preview({ preview }: { preview: MergePreview }) {
	const { say } = useTexts();
	const { kept, other, after } = preview;
	const facts: Line[] = ([
		["customers.name", (c) => fullName(c)],
		["customers.number", (c) => spaced(c.number)],
		["customers.phone", (c) => c.phone],
		["customers.email", (c) => c.email],
	] satisfies [ConsoleText, (c: typeof kept) => string | undefined][]).map(([key, of]) => ({ what: say(key), other: of(other), kept: of(kept), after: of(after) }));
	const cards: Line[] = preview.cards.map((c) => ({
		what: words(c.program_name), other: <Holding card={c.from} />, kept: c.to ? <Holding card={c.to} /> : say("merge.no_card"), after: <Holding card={c.after} />,
	}));
	const answers = { yes: say("merge.yes"), no: say("merge.no"), never: say("consents.never") };
	const consents: Line[] = preview.consents.map((c) => ({
		what: words(c.text), other: answers[c.other], kept: answers[c.kept], after: c.after ? answers.yes : answers[c.kept === "never" ? "never" : "no"],
	}));
	return (
		<>
			<Table className="merging" caption={say("merge.preview")} rows={[...facts.filter((l) => l.other || l.kept), ...cards, ...consents]} rowKey={(l) => l.what} columns={[
				{ head: say("merge.what"), quiet: true, cell: (l) => <strong>{l.what}</strong> },
				{ head: say("merge.goes"), cell: (l) => l.other ?? "–" },
				{ head: say("merge.stays"), cell: (l) => l.kept ?? "–" },
				{ head: say("merge.then"), cell: (l) => l.after ?? "–" },
			]} />
			{preview.cards.length === 0 && <p className="hint">{say("merge.no_cards")}</p>}
		</>
	);
}

function Holding({ card }: { card: PreviewedCard }) {
	const { say } = useTexts();
	return (
		<>
			<span>{say("preview.progress", { balance: card.balance, count: card.goal })}</span>
			{card.coupons.map((c, i) => <small key={i}>{words(c.name)}{c.expires_at && ` · ${say("coupons.until", { day: lastDay(c.expires_at) })}`}</small>)}
		</>
	);
}
