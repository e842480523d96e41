// Live totals: today, the period, and charts with the same numbers in a table.

import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { words } from "../../locale/locale.ts";
import { locationsQuery } from "../data/locations.ts";
import { useMe } from "../data/me.ts";
import { statsQuery, totalsQuery, type Program } from "../data/programs.ts";
import { number } from "../format.ts";
import { Answer } from "../parts/listing.tsx";
import { Loading } from "../parts/loading.tsx";
import { useTexts } from "../texts.ts";
import { dayIn, daysBefore, lastDays, PERIODS, stepOf, total, USUAL_PERIOD, type Count, type Span } from "./days.ts";
import type { HomeSearch } from "./section.ts";

/** How often the totals are read while the page is looked at. */
const LIVE_MS = 3_000;
/** How often what the cards come to is counted, which costs the server more. */
const STAND_MS = 30_000;
/** How often it is looked whether a new day has begun. */
const DAY_MS = 30_000;

const Charts = lazy(() => import("./charts.tsx"));

/** The day that it is now at the organization. */
function useToday(zone: string): string {
	const [today, setToday] = useState(() => dayIn(zone, Date.now()));
	useEffect(() => {
		const timer = setInterval(() => setToday(dayIn(zone, Date.now())), DAY_MS);
		return () => clearInterval(timer);
	}, [zone]);
	return today;
}

export function Totals({ programs }: { programs: readonly Program[] }) {
	const { organization } = useMe();
	const { program, location, days: period = USUAL_PERIOD } = useSearch({ from: "/" });
	const today = useToday(organization.zone);
	const to = daysBefore(today, -1);
	const step = stepOf(period);
	const totals = useQuery({ ...totalsQuery({ from: daysBefore(today, period - 1), to, program, location, step }), refetchInterval: step === "day" ? LIVE_MS : STAND_MS, placeholderData: keepPreviousData });
	// Today is asked for by itself: it is read often, and a long period costs the server more.
	const now = useQuery({ ...totalsQuery({ from: today, to, program, location, step: "day" }), refetchInterval: LIVE_MS, placeholderData: keepPreviousData });
	return (
		<>
			<Filters programs={programs} search={{ ...(program && { program }), ...(location && { location }), days: period }} />
			<Answer of={totals} lines={6}>{({ rows }) => <Numbers spans={lastDays(rows, today, period, step)} today={total(lastDays(now.data?.rows ?? [], today, 1))} period={period} programs={programs.filter((p) => !program || p.id === program)} />}</Answer>
		</>
	);
}

function Filters({ programs, search }: { programs: readonly Program[]; search: HomeSearch & { days: number } }) {
	const { say } = useTexts();
	const navigate = useNavigate({ from: "/" });
	const locations = useQuery(locationsQuery).data ?? [];
	const show = (part: HomeSearch) => {
		const { program, location, days } = { ...search, ...part };
		void navigate({ search: { ...(program && { program }), ...(location && { location }), ...(days !== USUAL_PERIOD && { days }) }, replace: true });
	};
	return (
		<div className="filters">
			{programs.length > 1 && (
				<label>
					{say("home.program")}
					<select value={search.program ?? ""} onChange={(e) => show({ program: e.currentTarget.value })}>
						<option value="">{say("home.all_programs")}</option>
						{programs.map((p) => <option key={p.id} value={p.id}>{words(p.name)}</option>)}
					</select>
				</label>
			)}
			{locations.length > 1 && (
				<label>
					{say("home.location")}
					<select value={search.location ?? ""} onChange={(e) => show({ location: e.currentTarget.value })}>
						<option value="">{say("home.all_locations")}</option>
						{locations.map((l) => <option key={l.id} value={l.id}>{l.name}</option>)}
					</select>
				</label>
			)}
			<label>
				{say("home.period")}
				<select value={search.days} onChange={(e) => show({ days: Number(e.currentTarget.value) })}>
					{PERIODS.map((p) => <option key={p} value={p}>{say("home.days", { count: p })}</option>)}
				</select>
			</label>
		</div>
	);
}

interface NumbersProps {
	spans: readonly Span[];
	today: Count;
	period: number;
	programs: readonly Program[];
}

function Numbers({ spans, today, period, programs }: NumbersProps) {
	const { say } = useTexts();
	return (
		<>
			<div className="columns half">
				<Tiles title={say("home.today")} count={today} live />
				<Tiles title={say("home.days", { count: period })} count={total(spans)} />
			</div>
			<Stand programs={programs} />
			<Suspense fallback={<Loading lines={8} />}><Charts spans={spans} /></Suspense>
		</>
	);
}

/** What there is now, whatever the period: cards, and what the shop owes. It is counted by program. */
function Stand({ programs }: { programs: readonly Program[] }) {
	const { say } = useTexts();
	const asked = useQueries({ queries: programs.map((p) => ({ ...statsQuery(p.id), refetchInterval: STAND_MS })) });
	const stats = asked.map((a) => a.data).filter((s) => s !== undefined);
	if (stats.length < programs.length) {
		return null;
	}
	return (
		<section className="sheet" aria-label={say("home.stand")}>
			<dl className="tiles">
				<Tile name={say("home.cards")} value={stats.reduce((n, s) => n + s.cards, 0)} />
				<Tile name={say("home.provisional")} value={stats.reduce((n, s) => n + s.cards_provisional, 0)} />
				<Tile name={say("home.coupons_open")} value={stats.reduce((n, s) => n + s.coupons_open, 0)} />
			</dl>
		</section>
	);
}

function Tiles({ title, count, live }: { title: string; count: Count; live?: boolean }) {
	const { say } = useTexts();
	return (
		<section className="sheet" data-live={live}>
			<h2>{title}</h2>
			<dl className="tiles">
				<Tile name={say("home.stamps")} value={count.stamps} />
				<Tile name={say("home.new_cards")} value={count.cards} />
				<Tile name={say("home.coupons_issued")} value={count.coupons} />
				<Tile name={say("home.coupons_redeemed")} value={count.redemptions} />
			</dl>
		</section>
	);
}

const Tile = ({ name, value }: { name: string; value: number }) => <div><dt>{name}</dt><dd>{number(value)}</dd></div>;
