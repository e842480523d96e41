// A colour: picked or typed, with what there is to say of it below.

import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { parseColor } from "../brand/colors.ts";
import { useTexts } from "../texts.ts";
import "./color.css";
import { Icon } from "./icons.tsx";

interface ColorFieldProps {
	label: string;
	description?: string;
	value: string;
	/** What counts while the field is empty; a colour is needed if there is none. */
	otherwise?: string;
	change: (color: string) => void;
	error?: string;
}

export function ColorField({ label, description, value, otherwise, change, error }: ColorFieldProps) {
	const { say } = useTexts();
	const empty = value.trim() === "";
	const shown = parseColor(value) ? value.trim().toLowerCase() : otherwise ?? "#000000";
	return (
		<TextInput className="color-field" label={label} description={description} value={value} maxLength={7} spellCheck={false} placeholder={otherwise} onChange={(e) => change(e.currentTarget.value)}
			leftSection={<input type="color" aria-label={say("color.pick", { name: label })} value={shown} onChange={(e) => change(e.currentTarget.value)} />} leftSectionWidth="3.4rem" leftSectionPointerEvents="all"
			error={(!(empty && otherwise) && !parseColor(value) && say("settings.color_wrong")) || error} />
	);
}

/** Says how well something can be read; politely, while it changes. */
export function Readable({ good, children }: { good: boolean; children: ReactNode }) {
	return <p className={good ? "contrast" : "contrast bad"} role="status"><Icon name={good ? "good" : "bad"} /><span>{children}</span></p>;
}
