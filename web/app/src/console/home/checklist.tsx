// The way from an empty shop to the first stamp. It goes away when everything is done.

import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { locationsQuery } from "../data/locations.ts";
import { useMe } from "../data/me.ts";
import { programsQuery, statsQuery } from "../data/programs.ts";
import { staffQuery } from "../data/staff.ts";
import { tillsQuery } from "../data/tills.ts";
import { Icon } from "../parts/icons.tsx";
import { Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { doneSteps, STEPS, type Step } from "./steps.ts";

/** How often it is looked whether a step was done elsewhere, such as at a till. */
const LOOK_MS = 5_000;

/** The room in which a step is done. */
const rooms = { location: "/locations/new", program: "/programs/new", staff: "/staff/new", till: "/tills/new" } as const;

function useSteps(): ReadonlySet<Step> | undefined {
	const look = { refetchInterval: LOOK_MS };
	const locations = useQuery(locationsQuery).data;
	const programs = useQuery(programsQuery).data;
	const staff = useQuery(staffQuery).data;
	const tills = useQuery({ ...tillsQuery, ...look }).data;
	const stats = useQueries({ queries: (programs ?? []).map((p) => ({ ...statsQuery(p.id), ...look })) }).map((q) => q.data);
	if (!locations || !programs || !staff || !tills || stats.includes(undefined)) {
		return undefined;
	}
	return doneSteps({ locations, programs, staff, tills, stats: stats.filter((s) => s !== undefined) });
}

export function Checklist() {
	const { say } = useTexts();
	const done = useSteps();
	if (!done || done.size === STEPS.length) {
		return null;
	}
	const next = STEPS.find((s) => !done.has(s));
	return (
		<Sheet title={say("steps.title")}>
			<p className="hint">{say("steps.progress", { done: done.size, all: STEPS.length })}</p>
			<ol className="steps">
				{STEPS.map((step) => (
					<li key={step} className={done.has(step) ? "done" : undefined} aria-current={step === next ? "step" : undefined}>
						<Icon name={done.has(step) ? "good" : "ring"} />
						<div>
							<strong>{say(`steps.${step}`)}</strong>
							{done.has(step) ? <span className="unseen">{say("steps.done")}</span> : <p>{say(`steps.${step}_text`)}</p>}
							{step === next && <Do step={step} />}
						</div>
					</li>
				))}
			</ol>
		</Sheet>
	);
}

/** The way to do a step. */
function Do({ step }: { step: Step }) {
	const { say } = useTexts();
	const { organization } = useMe();
	switch (step) {
		case "card":
			return <a className="button" href={`/join/${organization.slug}`} target="_blank" rel="noreferrer">{say("programs.join_page")}</a>;
		case "stamp":
			return <a className="button" href="/till" target="_blank" rel="noreferrer">{say("tills.open")}</a>;
		case "location": case "program": case "staff": case "till":
			return <Link className="button main" to={rooms[step]}>{say(`steps.${step}_do`)}</Link>;
	}
}
