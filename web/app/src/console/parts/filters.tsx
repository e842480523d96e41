// The pieces of a row of filters. What they say stands in the address.

import type { ReactNode } from "react";

export function Filters({ label, children }: { label: string; children: ReactNode }) {
	return <div className="filters" role="search" aria-label={label}>{children}</div>;
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
	return (
		<label>
			{label}
			<select value={value ?? ""} onChange={(e) => choose(e.currentTarget.value || undefined)}>
				<option value="">{all}</option>
				{options.map(([key, name]) => <option key={key} value={key}>{name}</option>)}
			</select>
		</label>
	);
}

interface DayProps {
	label: string;
	value: string | undefined;
	min?: string | undefined;
	max?: string | undefined;
	choose: (value: string | undefined) => void;
}

/** A day, or none. */
export function Day({ label, value, min, max, choose }: DayProps) {
	return (
		<label>
			{label}
			<input type="date" value={value ?? ""} min={min} max={max} onChange={(e) => choose(e.currentTarget.value || undefined)} />
		</label>
	);
}
