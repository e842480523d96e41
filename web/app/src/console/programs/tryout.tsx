// A program is tried out with a test customer while it is being typed. The server
// decides, by the rules that decide for real cards; nothing of it is kept.

import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode } from "react";
import type { Schema } from "../../api/client.ts";
import { words } from "../../locale/locale.ts";
import { Branded, CardFace, lookOf } from "../brand/face.tsx";
import { useMe } from "../data/me.ts";
import { tryOutQuery } from "../data/programs.ts";
import { calendarDay, moment } from "../format.ts";
import { dayIn } from "../home/days.ts";
import { Badge } from "../parts/badge.tsx";
import { Icon } from "../parts/icons.tsx";
import { Sheet } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { useSettled } from "../parts/settled.ts";
import { useTexts } from "../texts.ts";
import { begin, does, later, MAX_STEPS, reversible, type Deed, type Jump, type Step, type Trial } from "./trial.ts";
import { creationOf, type ProgramValues } from "./values.ts";

type Tried = Schema["TriedOut"];

/** How long nothing must be typed before the program is played again. */
const SETTLED_MS = 400;
const QUANTITIES = [1, 2, 3, 5] as const;
const TIMES: readonly Jump[] = ["minute", "hour", "day", "week", "month"];

export function TryOut({ values, valid }: { values: ProgramValues; valid: boolean }) {
	const { say } = useTexts();
	const { zone } = useMe().organization;
	const settled = useSettled(values, SETTLED_MS);
	const program = useMemo(() => (valid ? creationOf(settled, zone, "draft") : undefined), [settled, valid, zone]);
	return (
		<Sheet title={say("tryout.title")}>
			<p className="hint">{say("tryout.text")}</p>
			{program ? <Play program={program} /> : <p>{say("tryout.not_yet")}</p>}
		</Sheet>
	);
}

function Play({ program }: { program: Schema["ProgramCreation"] }) {
	const { say } = useTexts();
	const [trial, setTrial] = useState<Trial>(() => begin(Date.now(), program.starts_at));
	const asked = useQuery({ ...tryOutQuery({ program, at: new Date(trial.at).toISOString(), steps: [...trial.steps] }), placeholderData: keepPreviousData });
	const tried = asked.data;
	const act = (deed: Deed) => setTrial((t) => does(t, deed));
	if (asked.isError) {
		return <Problem error={asked.error} retry={() => void asked.refetch()} />;
	}
	if (!tried) {
		return null;
	}
	const undo = reversible(trial, tried.steps);
	const full = trial.steps.length >= MAX_STEPS;
	const welcome = (program.welcome_stamps ?? 0) > 0 || program.rewards.some((r) => r.kind === "welcome");
	return (
		<div className="tryout">
			<div className="tryout-do">
				<Row label={say("tryout.stamps")}>
					{QUANTITIES.map((n) => <Button key={n} variant="default" disabled={full} onClick={() => act({ kind: "stamp", quantity: n })}>{say("tryout.stamp", { count: n })}</Button>)}
				</Row>
				<Row label={say("tryout.else")}>
					{welcome && <Button variant="default" disabled={full} onClick={() => act({ kind: "welcome" })}>{say("tryout.welcome")}</Button>}
					<Button variant="default" disabled={full || undo === undefined} onClick={() => undo && act({ kind: "reverse", step: undo })}>{say("tryout.undo")}</Button>
					<Button variant="default" disabled={trial.steps.length === 0} onClick={() => setTrial(begin(Date.now(), program.starts_at))}>{say("tryout.again")}</Button>
				</Row>
				<Row label={say("tryout.time")}>
					{TIMES.map((jump) => <Button key={jump} variant="default" onClick={() => setTrial((t) => later(t, jump))}>{say(`tryout.${jump}`)}</Button>)}
				</Row>
				<p className="tryout-now" role="status">{say("tryout.now", { when: moment(new Date(trial.at).toISOString()) })} {full && say("tryout.full", { count: MAX_STEPS })}</p>
			</div>
			<Outcome program={program} tried={tried} />
			<Coupons tried={tried} use={(coupon) => act({ kind: "redeem", coupon })} full={full} />
			<Log steps={trial.steps} tried={tried} />
		</div>
	);
}

function Row({ label, children }: { label: string; children: ReactNode }) {
	return <div role="group" aria-label={label}><p className="tryout-label" aria-hidden="true">{label}</p><div className="row">{children}</div></div>;
}

/** The card, what comes next, and what a cashier would read. */
function Outcome({ program, tried }: { program: Schema["ProgramCreation"]; tried: Tried }) {
	const { say } = useTexts();
	const { organization } = useMe();
	const { card, next_reward: next, refusal } = tried;
	const look = lookOf(organization);
	const prizes = program.rewards.filter((r) => r.kind === "milestone").map((r) => r.at ?? 0);
	return (
		<div className="tryout-card" data-balance={card.balance}>
			<Branded look={look}>
				<CardFace look={look} card={{ program: words(program.name), goal: card.goal, filled: Math.max(card.balance, 0), prizes, reward: words(next.name) }} say={say} />
			</Branded>
			{card.cards_filled > 0 && <p className="hint">{say("tryout.filled", { count: card.cards_filled })}</p>}
			{card.balance < 0 && <p className="hint">{say("tryout.debt", { count: -card.balance })}</p>}
			<p className={refusal ? "till-says no" : "till-says"} role="status">
				<Icon name={refusal ? "bad" : "good"} /><span>{refusal ? say("tryout.next_no", { why: refusal.staff_message }) : say("tryout.next_yes")}</span>
			</p>
		</div>
	);
}

const KINDS = { issued: "good", redeemed: "plain", expired: "warn", reversed: "warn" } as const;

function Coupons({ tried, use, full }: { tried: Tried; use: (number: number) => void; full: boolean }) {
	const { say } = useTexts();
	const { zone } = useMe().organization;
	if (tried.coupons.length === 0) {
		return null;
	}
	return (
		<section>
			<h3 className="small">{say("tryout.coupons")}</h3>
			<ul className="tried">
				{tried.coupons.map((c) => (
					<li key={c.number}>
						<span><strong>{words(c.name)}</strong> <Badge kind={KINDS[c.status]}>{say(`coupons.status_${c.status}`)}</Badge>
							<small>{c.expires_at ? say("tryout.until", { day: calendarDay(dayIn(zone, Date.parse(c.expires_at) - 1)) }) : say("programs.valid_always")}</small></span>
						{c.status === "issued" && <Button size="sm" variant="default" disabled={full} onClick={() => use(c.number)}>{say("tryout.use")}<span className="unseen"> {words(c.name)} {c.number}</span></Button>}
					</li>
				))}
			</ul>
		</section>
	);
}

/** All that was done, the last first. */
function Log({ steps, tried }: { steps: readonly Step[]; tried: Tried }) {
	const { say } = useTexts();
	const what = (s: Step): string => {
		switch (s.kind) {
			case "stamp":
				return say("tryout.stamp", { count: s.quantity ?? 0 });
			case "redeem":
				return say("tryout.did_redeem", { reward: words(tried.coupons.find((c) => c.number === s.coupon)?.name) });
			case "reverse":
				return say("tryout.undo");
			case "welcome":
				return say("tryout.welcome");
		}
	};
	const known = steps.slice(0, tried.steps.length);
	if (known.length === 0) {
		return null;
	}
	return (
		<section>
			<h3 className="small">{say("tryout.log")}</h3>
			<ol className="tried" reversed>
				{known.map((s, i) => <Line key={i} at={s.at} what={what(s)} step={tried.steps[i]} />).reverse()}
			</ol>
		</section>
	);
}

function Line({ at, what, step }: { at: string; what: string; step: Tried["steps"][number] | undefined }) {
	const { say } = useTexts();
	const issued = step?.entries.filter((e) => e.kind === "reward").length ?? 0;
	const last = step?.entries.at(-1);
	return (
		<li className={step?.refusal ? "no" : undefined}>
			<span>
				<strong>{what}</strong> <small>{moment(at)}</small>
				{step?.refusal && <span className="tried-why"><Icon name="bad" /> {step.refusal.staff_message}</span>}
				{last && <small>{[say("tryout.balance", { count: last.balance_after }), issued > 0 && say("tryout.issued", { count: issued })].filter(Boolean).join(" · ")}</small>}
			</span>
		</li>
	);
}

