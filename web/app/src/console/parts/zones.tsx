import { TextInput } from "@mantine/core";
import { useId } from "react";

interface ZoneFieldProps {
	label: string;
	description?: string;
	value: string;
	change: (zone: string) => void;
	error?: string | false;
	placeholder?: string;
}

/** Zones that the browser knows; the server knows more, so any may be typed. */
const zones = Intl.supportedValuesOf("timeZone");

/** Whether a zone's days can be worked out here. */
export function isZone(zone: string): boolean {
	try {
		new Intl.DateTimeFormat("en", { timeZone: zone });
		return zone !== "";
	} catch {
		return false;
	}
}

export function ZoneField({ change, description, ...rest }: ZoneFieldProps) {
	const id = useId();
	return (
		<>
			<TextInput {...rest} {...(description && { description })} list={id} autoComplete="off" spellCheck={false} onChange={(e) => change(e.currentTarget.value)} />
			<datalist id={id}>{zones.map((z) => <option key={z} value={z} />)}</datalist>
		</>
	);
}
