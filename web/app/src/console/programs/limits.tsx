// The guards against mistakes and fraud, each in plain words and with the sentence that
// a cashier reads who reaches it: the till's own, from the server.

import { NativeSelect, Switch } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Schema } from "../../api/client.ts";
import { useMay } from "../data/me.ts";
import { tryOutQuery } from "../data/programs.ts";
import { useComplaints } from "../parts/form.tsx";
import { Icon } from "../parts/icons.tsx";
import { NumberField } from "../parts/number.tsx";
import { useSettled } from "../parts/settled.ts";
import { useTexts } from "../texts.ts";
import { split, UNITS, unitFor, type Unit } from "./cool_down.ts";
import type { FieldsProps } from "./fields.tsx";
import { LIMITS, MOST, noLimits, type Limit } from "./values.ts";

const SETTLED_MS = 400;

/** By which code the till's sentence about a limit is found. */
const CODES: Record<Limit, Schema["ProblemCode"]> = {
	max_per_scan: "scan_limit_reached", max_per_card_day: "daily_limit_reached", cool_down_seconds: "cool_down", max_per_staff_day: "staff_daily_limit_reached",
};

/** Returns what a till says about each limit that is set. */
function useSentences(limits: Schema["Limits"], good: boolean): (limit: Limit) => string {
	const may = useMay();
	const settled = useSettled(limits, SETTLED_MS);
	const [at] = useState(() => new Date().toISOString());
	// The sentences know of nothing but the limits, so any program will do.
	const program = { name: { en: "-" }, goal: 2, limits: good ? settled : noLimits, rewards: [{ kind: "main" as const, name: { en: "-" } }] };
	const said = useQuery({ ...tryOutQuery({ program, at, steps: [] }), placeholderData: keepPreviousData, enabled: may("programs:write") }).data?.limits;
	return (limit) => (limits[limit] > 0 && said?.find((s) => s.code === CODES[limit])?.staff_message) || "";
}

export function Limits({ values, set, wrong, error: refusal }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(refusal);
	const { limits } = values;
	const sentence = useSentences(limits, !LIMITS.some((l) => !(limits[l] >= 0 && limits[l] <= MOST[l] && Number.isInteger(limits[l]))));
	const change = (limit: Limit, n: number) => set({ limits: { ...limits, [limit]: n } });
	const error = (limit: Limit) => (wrong[limit] ? say(wrong[limit]) : complaint(`limits.${limit}`) || false);
	return (
		<details className="limits" open={LIMITS.some((l) => wrong[l]) || undefined}>
			<summary>{say("programs.limits")}</summary>
			<p className="hint">{say("programs.limits_text")}</p>
			<div className="limit-list">
				{LIMITS.map((limit) => (
					<div key={limit} className="limit" data-limit={limit}>
						{limit === "cool_down_seconds"
							? <CoolDown seconds={limits[limit]} change={(n) => change(limit, n)} error={error(limit)} />
							: <NumberField label={say(`programs.${limit}`)} description={say(`programs.${limit}_text`)} min={0} max={MOST[limit]} value={limits[limit]} error={error(limit)} change={(n) => change(limit, n)} />}
						<p className="limit-says">{sentence(limit) ? <><Icon name="tills" /><span>{say("tryout.next_no", { why: sentence(limit) })}</span></> : limits[limit] === 0 && say("programs.no_limit")}</p>
					</div>
				))}
			</div>
			<Switch label={say("programs.redeem_offline")} description={say("programs.redeem_offline_text")} checked={limits.redeem_offline}
				onChange={(e) => set({ limits: { ...limits, redeem_offline: e.currentTarget.checked } })} />
		</details>
	);
}

/** A length of time in the unit that fits it best, or that was chosen. */
function CoolDown({ seconds, change, error }: { seconds: number; change: (seconds: number) => void; error: string | false }) {
	const { say } = useTexts();
	const id = useId();
	const [chosen, setChosen] = useState<Unit>(() => unitFor(seconds));
	const unit = split(seconds, chosen) === undefined ? unitFor(seconds) : chosen;
	return (
		<div className="cool-down">
			<NumberField id={id} label={say("programs.cool_down_seconds")} description={say("programs.cool_down_seconds_text")} min={0} error={error}
				value={split(seconds, unit) ?? seconds} change={(n) => change(n * UNITS[unit])} />
			<NativeSelect aria-label={say("programs.cool_down_unit")} value={unit} onChange={(e) => { const u = e.currentTarget.value as Unit; setChosen(u); change((split(seconds, unit) ?? 0) * UNITS[u]); }}
				data={(Object.keys(UNITS) as Unit[]).map((u) => ({ value: u, label: say(`programs.unit_${u}`) }))} />
		</div>
	);
}
