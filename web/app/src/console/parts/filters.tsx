// The pieces of a row of filters. What they say stands in the address.

import { useState, type ReactNode } from "react";

export function Filters({ label, children }: { label: string; children: ReactNode }) {
	return <div className="filters" role="search" aria-label={label}>{children}</div>;
}

/**
 * What a field shows: what was chosen last, here or by a link. The address says it only
 * a moment later; until then a field that shows the address would go back under the
 * fingers of whoever types.
 */
function useShown(value: string | undefined): [shown: string, show: (shown: string) => void] {
	const [shown, show] = useState(value ?? "");
	const [seen, setSeen] = useState(value);
	if (seen !== value) {
		setSeen(value);
		show(value ?? "");
	}
	return [shown, show];
}

interface ChoiceProps {
	label: string;
	value: string | undefined;
	/** What the first line says, which asks for nothing. */
	all: string;
	options: readonly (readonly [value: string, name: string])[];
	choose: (value: string | undefined) => void;
}

/** One of a list, or all. */
export function Choice({ label, value, all, options, choose }: ChoiceProps) {
	const [shown, show] = useShown(value);
	return (
		<label>
			{label}
			<select value={shown} onChange={(e) => { show(e.currentTarget.value); choose(e.currentTarget.value || undefined); }}>
				<option value="">{all}</option>
				{options.map(([key, name]) => <option key={key} value={key}>{name}</option>)}
			</select>
		</label>
	);
}

/** A year that is being typed begins as 0002, and is nobody's wish. */
const FIRST_DAY = "1900-01-01";

interface DayProps {
	label: string;
	value: string | undefined;
	min?: string | undefined;
	max?: string | undefined;
	choose: (value: string | undefined) => void;
}

/** A day, or none. */
export function Day({ label, value, min, max, choose }: DayProps) {
	const [shown, show] = useShown(value);
	const change = (day: string) => {
		show(day);
		if (day === "" || day >= FIRST_DAY) {
			choose(day || undefined);
		}
	};
	return (
		<label>
			{label}
			<input type="date" value={shown} min={min} max={max} onChange={(e) => change(e.currentTarget.value)} />
		</label>
	);
}
