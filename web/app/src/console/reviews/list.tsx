import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { words } from "../../locale/locale.ts";
import { locationsQuery } from "../data/locations.ts";
import { useMay } from "../data/me.ts";
import { REVIEW_STATES, reviewsQuery, type Review, type ReviewFilter } from "../data/reviews.ts";
import { moment, spaced } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Choice, Day, Filters } from "../parts/filters.tsx";
import { FirstStep } from "../parts/first_step.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { changed } from "../parts/search.ts";
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
			<ReviewFilters filter={filter} />
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
	return narrowed
		? <Empty title={say("reviews.none_title")} text={say("reviews.none_text")} action={<Link className="button" to="/reviews">{say("filters.clear")}</Link>} />
		: <Empty title={say("reviews.empty_title")} text={say("reviews.empty_text")} action={<FirstStep><Link className="button" to="/tills">{say("tills.title")}</Link></FirstStep>} />;
}

function ReviewFilters({ filter }: { filter: ReviewFilter }) {
	const { say } = useTexts();
	const navigate = useNavigate({ from: "/reviews" });
	const locations = useQuery(locationsQuery).data ?? [];
	const set = (part: keyof ReviewFilter) => (value: string | undefined) => void navigate({ search: changed(filter, part, value), replace: true });
	return (
		<Filters label={say("filters.title")}>
			<Choice label={say("reviews.state")} value={filter.state} all={say("reviews.state_open")} options={REVIEW_STATES.map((s) => [s, say(`reviews.state_${s}`)])} choose={set("state")} />
			{locations.length > 1 && <Choice label={say("reviews.location")} value={filter.location} all={say("home.all_locations")} options={locations.map((l) => [l.id, l.name])} choose={set("location")} />}
			<Day label={say("reviews.from")} value={filter.from} max={filter.to} choose={set("from")} />
			<Day label={say("reviews.to")} value={filter.to} min={filter.from} choose={set("to")} />
		</Filters>
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
