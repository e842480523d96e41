// Charts of what happened day by day. The drawing is hidden from screen readers, since
// the table beside it has the same numbers.

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { calendarDay, number } from "../format.ts";
import { Sheet } from "../parts/page.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import { daysBefore, type Count, type Span } from "./days.ts";

interface Series {
	key: keyof Count;
	name: string;
	color: string;
	/** A pattern beside the colour, where two stand together. */
	hollow?: boolean;
}

const HEIGHT = 220;

export default function Charts({ spans }: { spans: readonly Span[] }) {
	const { say } = useTexts();
	return (
		<>
			<Chart title={say("home.chart_stamps")} spans={spans} series={[{ key: "stamps", name: say("home.stamps"), color: "var(--ink-brand)" }]} />
			<Chart title={say("home.chart_coupons")} spans={spans} series={[
				{ key: "coupons", name: say("home.coupons_issued"), color: "var(--good)", hollow: true },
				{ key: "redemptions", name: say("home.coupons_redeemed"), color: "var(--good)" },
			]} />
			<Chart title={say("home.chart_cards")} spans={spans} series={[{ key: "cards", name: say("home.new_cards"), color: "var(--warn)" }]} />
		</>
	);
}

function Chart({ title, spans, series }: { title: string; spans: readonly Span[]; series: readonly Series[] }) {
	const { say } = useTexts();
	const label = (s: Span) => (s.length === 1 ? calendarDay(s.day) : `${calendarDay(s.day, "short")} – ${calendarDay(daysBefore(s.day, 1 - s.length))}`);
	const widest = Math.max(...spans.flatMap((span) => series.map((s) => span[s.key])));
	const columns: Column<Span>[] = [
		{ head: say("home.day"), cell: label },
		...series.map((s): Column<Span> => ({ head: s.name, number: true, cell: (span) => number(span[s.key]) })),
	];
	return (
		<Sheet title={title}>
			<div className="chart">
				<div className="drawing" aria-hidden="true">
					{series.length > 1 && <ul className="legend">{series.map((s) => <li key={s.key}><i className={s.hollow ? "hollow" : undefined} style={{ color: s.color }} />{s.name}</li>)}</ul>}
					<ResponsiveContainer width="100%" height={HEIGHT}>
						<BarChart data={[...spans]} accessibilityLayer={false} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} barCategoryGap="20%">
							<CartesianGrid vertical={false} stroke="var(--hair)" />
							<XAxis dataKey="day" tickFormatter={(day: string) => calendarDay(day, "short")} stroke="var(--muted)" tickLine={false} fontSize={13} minTickGap={24} />
							<YAxis allowDecimals={false} stroke="var(--muted)" tickLine={false} axisLine={false} fontSize={13} width={widest < 1000 ? 38 : 60} tickFormatter={(n: number) => number(n)} />
							<Tooltip cursor={{ fill: "var(--tint-brand)" }} labelFormatter={(_, items) => (items[0] ? label(items[0].payload as Span) : "")}
								contentStyle={{ background: "var(--paper)", border: "1px solid var(--line)", borderRadius: 8, color: "var(--ink)" }} itemStyle={{ color: "var(--ink)" }} isAnimationActive={false} />
							{series.map((s) => <Bar key={s.key} dataKey={s.key} name={s.name} fill={s.hollow ? "var(--paper)" : s.color} stroke={s.color} strokeWidth={1.5} radius={[3, 3, 0, 0]} isAnimationActive={false} />)}
						</BarChart>
					</ResponsiveContainer>
				</div>
				<div className="figures" tabIndex={0} role="region" aria-label={say("home.table_of", { chart: title })}>
					<Table caption={title} columns={columns} rows={[...spans].reverse()} rowKey={(s) => s.day} narrow />
				</div>
			</div>
		</Sheet>
	);
}
