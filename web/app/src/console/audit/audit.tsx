import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ACTIONS, auditQuery, wordOf, type AuditLine, type AuditWanted } from "../data/audit.ts";
import { useMay } from "../data/me.ts";
import { staffQuery } from "../data/staff.ts";
import { moment } from "../format.ts";
import { Empty } from "../parts/empty.tsx";
import { Choice, Day, Filters } from "../parts/filters.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { changed } from "../parts/search.ts";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import "./audit.css";
import { useNames } from "./names.ts";
import { roomOf } from "./subject.ts";
import { fieldText, type NameOf, valueText } from "./value.ts";

export function Audit() {
	const { say } = useTexts();
	const wanted: AuditWanted = useSearch({ from: "/audit" });
	const found = useInfiniteQuery({ ...auditQuery(wanted), placeholderData: keepPreviousData });
	return (
		<Room title={say("audit.title")} intro={say("audit.intro")}>
			<AuditFilters wanted={wanted} />
			<Sheet>
				<Answer of={found}>
					{({ pages }) => {
						const lines = pages.flatMap((p) => p.data);
						return lines.length > 0
							? <><Lines lines={lines} /><More of={found} /></>
							: <Empty title={say("audit.nothing_title")} text={say("filters.nothing_text")} action={<Link className="button" to="/audit">{say("filters.clear")}</Link>} />;
					}}
				</Answer>
			</Sheet>
		</Room>
	);
}

function AuditFilters({ wanted }: { wanted: AuditWanted }) {
	const { say } = useTexts();
	const may = useMay();
	const navigate = useNavigate({ from: "/audit" });
	const people = useQuery({ ...staffQuery, enabled: may("staff:read") }).data ?? [];
	const set = (part: keyof AuditWanted) => (value: string | undefined) => void navigate({ search: changed(wanted, part, value), replace: true });
	return (
		<Filters label={say("filters.title")}>
			<Choice label={say("audit.what")} value={wanted.action} all={say("filters.all")} options={ACTIONS.map((a) => [a, say(`audit.did_${wordOf(a)}`)])} choose={set("action")} />
			<Choice label={say("audit.who")} value={wanted.doer} all={say("filters.all")} options={people.map((p) => [p.id, p.name])} choose={set("doer")} />
			<Day label={say("programs.first_day")} value={wanted.from} max={wanted.to} choose={set("from")} />
			<Day label={say("programs.last_day")} value={wanted.to} min={wanted.from} choose={set("to")} />
			{wanted.subject && <Link className="button" to="/audit" search={changed(wanted, "subject", undefined)}>{say("filters.clear")}</Link>}
		</Filters>
	);
}

function Lines({ lines }: { lines: readonly AuditLine[] }) {
	const { say } = useTexts();
	const nameOf = useNames();
	const who = ({ doer }: AuditLine) => doer.name ?? say(`audit.by_${doer.kind}`);
	return (
		<Table caption={say("audit.title")} className="deeds" rows={lines} rowKey={(l) => l.id} columns={[
			{ head: say("audit.what"), cell: (l) => <><strong>{say(`audit.did_${wordOf(l.action)}`)}</strong><Subject of={l} name={l.subject_id === l.doer.id ? undefined : l.subject_name ?? nameOf(l.subject_id)} /></> },
			{ head: say("audit.when"), cell: (l) => moment(l.at) },
			{ head: say("audit.who"), cell: (l) => <>{who(l)}{l.doer.kind !== "staff" && l.doer.name && <small>{say(`audit.by_${l.doer.kind}`)}</small>}</> },
			{ head: say("audit.changes"), cell: (l) => <><Changes of={l} nameOf={nameOf} /><InFull of={l} /></> },
		]} />
	);
}

/** What it was done to, with a way to it, and to all else that was done to it. */
function Subject({ of: { subject_id: id }, name }: { of: AuditLine; name: string | undefined }) {
	const { say } = useTexts();
	const to = roomOf(id);
	return (
		<>
			{name && <span className="subject">{name}</span>}
			{to && <small><Link to={to}>{say("audit.look")}</Link> · <Link to="/audit" search={{ subject: id }}>{say("audit.history")}</Link></small>}
		</>
	);
}

function Changes({ of, nameOf }: { of: AuditLine; nameOf: NameOf }) {
	const { say } = useTexts();
	const none = (field: string) => (field === "location_id" ? say("staff.every_location") : "–");
	const text = (field: string, value: string | undefined) => (value ? valueText(field, value, say, nameOf) : none(field));
	return (
		<ul className="changes">
			{of.changes.map(({ field, before, after }) => (
				<li key={field}>
					<span className="field">{fieldText(field, say) ?? <code>{field}</code>}</span>
					{(before !== undefined || after !== undefined) && (
						<span>
							{before !== undefined && <><del title={before}><span className="unseen">{say("audit.before")} </span>{text(field, before)}</del>{" "}</>}
							<ins title={after}><span className="unseen">{say("audit.after")} </span>{text(field, after)}</ins>
						</span>
					)}
				</li>
			))}
		</ul>
	);
}

/** What the log keeps, word for word, for whoever compares it with other systems. */
function InFull({ of: { subject_id, request_id, changes } }: { of: AuditLine }) {
	const { say } = useTexts();
	const kept = [["subject_id", subject_id], ["request_id", request_id], ...changes.flatMap((c) => [[`${c.field} −`, c.before], [`${c.field} +`, c.after]])];
	return (
		<details className="in-full">
			<summary>{say("audit.in_full")}</summary>
			<dl>{kept.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd translate="no">{value}</dd></div>)}</dl>
		</details>
	);
}
