// A text in several languages: the organization's language always, others when asked for.

import { NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import { useMe } from "../data/me.ts";
import { useTexts } from "../texts.ts";

export type LocalizedText = { readonly [L in Locale]?: string };

/** Leaves out the languages in which nothing is said. */
export const spoken = (text: LocalizedText): LocalizedText =>
	Object.fromEntries(Object.entries(text).filter(([, t]) => t.trim() !== "").map(([l, t]) => [l, t.trim()]));

interface LocalizedProps {
	label: string;
	value: LocalizedText;
	change: (text: LocalizedText) => void;
	error?: string | false;
	long?: boolean;
	maxLength?: number;
}

export function LocalizedInput({ label, value, change, error, long, maxLength = 200 }: LocalizedProps) {
	const { say } = useTexts();
	const own = useMe().organization.locale;
	const others = LOCALES.filter((l) => l !== own && value[l] !== undefined);
	const left = LOCALES.filter((l) => l !== own && value[l] === undefined);
	const [open, setOpen] = useState(false);
	const Input = long ? Textarea : TextInput;
	const field = (l: Locale, name: string) => (
		<Input key={l} lang={l} label={name} value={value[l] ?? ""} maxLength={maxLength} error={l === own && error} {...(long && { rows: 3 })}
			onChange={(e: { currentTarget: { value: string } }) => change({ ...value, [l]: e.currentTarget.value })} />
	);
	return (
		<div className="localized">
			{field(own, label)}
			<details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
				<summary>{say("form.other_languages", { count: others.length })}<span className="unseen"> {label}</span></summary>
				<div>
					{others.map((l) => field(l, `${label} (${LANGUAGES[l]})`))}
					{left.length > 0 && (
						<NativeSelect className="quiet-select" size="sm" aria-label={say("form.add_language_for", { what: label })} value=""
							onChange={(e) => change({ ...value, [e.currentTarget.value]: "" })}
							data={[{ value: "", label: say("form.add_language") }, ...left.map((l) => ({ value: l, label: LANGUAGES[l] }))]} />
					)}
				</div>
			</details>
		</div>
	);
}
