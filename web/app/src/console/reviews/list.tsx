import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { words } from "../../locale/locale.ts";
import { locationsQuery } from "../data/locations.ts";
import { useMay } from "../data/me.ts";
import { reviewsQuery, type Review, type ReviewFilter } from "../data/reviews.ts";
import { moment, spaced } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import { Decide } from "./decide.tsx";
import { useReopen } from "./moves.ts";
import { refusalText } from "./refusals.ts";
import "./reviews.css";

export function Reviews() {
	const { say } = useTexts();
	const filter = useSearch({ from: "/reviews" });
	const found = useInfiniteQuery({ ...reviewsQuery(filter), placeholderData: keepPreviousData });
	return (
		<Room title={say("reviews.title")} intro={say("reviews.intro")}>
			<Filters filter={filter} />
			<Sheet>
				<Answer of={found}>
					{({ pages }) => {
						const list = pages.flatMap((p) => p.data);
						return list.length > 0 ? <><List reviews={list} /><More of={found} /></> : <Nothing filter={filter} />;
					}}
				</Answer>
			</Sheet>
		</Room>
	);
}

function Nothing({ filter }: { filter: ReviewFilter }) {
	const { say } = useTexts();
	const narrowed = Object.keys(filter).length > 0;
	return <Empty title={say(narrowed ? "reviews.none_title" : "reviews.empty_title")} text={say(narrowed ? "reviews.none_text" : "reviews.empty_text")} />;
}

function Filters({ filter }: { filter: ReviewFilter }) {
	const { say } = useTexts();
	const navigate = useNavigate({ from: "/reviews" });
	const locations = useQuery(locationsQuery).data ?? [];
	const show = (part: Record<keyof ReviewFilter, string> | Partial<Record<keyof ReviewFilter, string>>) => {
		const all: Partial<Record<keyof ReviewFilter, string>> = { ...filter, ...part };
		void navigate({ search: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")) as ReviewFilter, replace: true });
	};
	return (
		<div className="filters">
			<label>
				{say("reviews.state")}
				<select value={filter.state ?? ""} onChange={(e) => show({ state: e.currentTarget.value })}>
					<option value="">{say("reviews.state_open")}</option>
					<option value="decided">{say("reviews.state_decided")}</option>
					<option value="all">{say("reviews.state_all")}</option>
				</select>
			</label>
			{locations.length > 1 && (
				<label>
					{say("reviews.location")}
					<select value={filter.location ?? ""} onChange={(e) => show({ location: e.currentTarget.value })}>
						<option value="">{say("home.all_locations")}</option>
						{locations.map((l) => <option key={l.id} value={l.id}>{l.name}</option>)}
					</select>
				</label>
			)}
			<label>
				{say("reviews.from")}
				<input type="date" value={filter.from ?? ""} max={filter.to} onChange={(e) => show({ from: e.currentTarget.value })} />
			</label>
			<label>
				{say("reviews.to")}
				<input type="date" value={filter.to ?? ""} min={filter.from} onChange={(e) => show({ to: e.currentTarget.value })} />
			</label>
		</div>
	);
}

/** Returns what says what was recorded. */
export function useWhat(): (r: Review) => string {
	const { say } = useTexts();
	return (r) => {
		switch (r.kind) {
			case "stamp":
				return say("reviews.stamp", { count: r.quantity });
			case "redemption":
				return say("reviews.redemption", { reward: words(r.reward) });
			case "reversal":
				return say("reviews.reversal", { count: r.quantity });
		}
	};
}

const kinds = { open: "warn", entered: "good", dismissed: "plain" } as const;

function List({ reviews }: { reviews: readonly Review[] }) {
	const { say } = useTexts();
	const may = useMay();
	const what = useWhat();
	const reopen = useReopen();
	const locations = useQuery(locationsQuery).data ?? [];
	const [chosen, setChosen] = useState<{ review: Review; enter: boolean }>();
	const about = (r: Review) => <span className="unseen"> {what(r)} {r.display_name} {moment(r.at)}</span>;
	return (
		<>
			<Table className="reviews" caption={say("reviews.title")} rows={reviews} rowKey={(r) => r.id} columns={[
				{ head: say("reviews.what"), cell: (r) => <><strong>{what(r)}</strong><small><Who of={r} /></small></> },
				{ head: say("reviews.when"), cell: (r) => <div>{moment(r.at)}<small>{[r.staff_name, r.till_name, locations.find((l) => l.id === r.location_id)?.name].filter(Boolean).join(" · ")}</small></div> },
				{ head: say("reviews.why"), cell: (r) => <div>{say(refusalText(r.refusal), { code: r.refusal })}{r.reason && <small>{r.reason}</small>}</div> },
				{
					head: say("reviews.decision"), cell: (r) => (r.status === "open" && may("entries:adjust")
						? (
							<div className="row">
								<Button onClick={() => setChosen({ review: r, enter: true })}>{say("reviews.enter")}{about(r)}</Button>
								<Button variant="default" onClick={() => setChosen({ review: r, enter: false })}>{say("reviews.dismiss")}{about(r)}</Button>
							</div>
						)
						: (
							<div>
								<Badge kind={kinds[r.status]}>{say(`reviews.status_${r.status}`)}</Badge>
								<small>{[r.decision_reason, r.decided_at && moment(r.decided_at)].filter(Boolean).join(" · ")}</small>
								{r.status === "dismissed" && may("entries:adjust") && <button type="button" className="plain" onClick={() => reopen(r)}>{say("reviews.reopen")}{about(r)}</button>}
							</div>
						)),
				},
			]} />
			{chosen && <Decide review={chosen.review} enter={chosen.enter} close={() => setChosen(undefined)} />}
		</>
	);
}

function Who({ of }: { of: Review }) {
	const { say } = useTexts();
	if (of.customer_id) {
		return <Link to="/customers/$customerId" params={{ customerId: of.customer_id }} search={of.card_id ? { card: of.card_id } : {}}>{of.display_name}</Link>;
	}
	return say("reviews.unknown_card", { code: spaced(of.code ?? "") });
}
