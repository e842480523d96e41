import { useEffect } from "react";
import { shown } from "../model/pace.ts";
import type { Outcome as OutcomeValue } from "../model/view.ts";
import { Icon } from "./Icon.tsx";

/** What just happened: colour, sign and words. Give it the outcome's id as key. */
export function Outcome({ outcome }: { outcome: OutcomeValue }) {
	useEffect(() => shown("outcome"), [outcome]);
	return (
		<div className={`outcome ${outcome.kind}`}>
			<Icon name={outcome.kind} />
			<div><p className="outcome-title">{outcome.title}</p><p className="outcome-text">{outcome.text}</p></div>
		</div>
	);
}
