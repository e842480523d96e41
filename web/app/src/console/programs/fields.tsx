// The form of a program: what is collected, what is given, what guards against mistakes.

import { Switch, TextInput } from "@mantine/core";
import { useComplaints } from "../parts/form.tsx";
import { LocalizedInput } from "../parts/localized.tsx";
import { NumberField } from "../parts/number.tsx";
import { useTexts } from "../texts.ts";
import { Limits } from "./limits.tsx";
import { Rewards } from "./rewards.tsx";
import { MAX_GOAL, MIN_GOAL, type ProgramValues, type Wrong } from "./values.ts";

export interface FieldsProps {
	values: ProgramValues;
	set: (part: Partial<ProgramValues>) => void;
	wrong: Wrong;
	/** Why the server refused it. */
	error?: unknown;
}

/** What the API calls the members of the form. */
const TOLD = { name: "name", goal: "goal", welcomeStamps: "welcome_stamps", firstDay: "starts_at", lastDay: "ends_at" } as const;

export function ProgramFields({ values, set, wrong, error: refusal }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(refusal);
	const error = (field: keyof typeof TOLD) => (wrong[field] ? say(wrong[field]) : complaint(TOLD[field]));
	return (
		<>
			<LocalizedInput label={say("programs.name")} value={values.name} change={(name) => set({ name })} error={error("name")} />
			<div className="pair">
				<NumberField label={say("programs.goal")} description={say("programs.goal_text")} min={MIN_GOAL} max={MAX_GOAL} value={values.goal} change={(goal) => set({ goal })} error={error("goal")} />
				<NumberField label={say("programs.welcome_stamps")} description={say("programs.welcome_stamps_text")} min={0} value={values.welcomeStamps} change={(welcomeStamps) => set({ welcomeStamps })} error={error("welcomeStamps")} />
			</div>
			<Rewards values={values} set={set} wrong={wrong} error={refusal} />
			<fieldset>
				<legend>{say("programs.days")}</legend>
				<div className="pair">
					<TextInput type="date" label={say("programs.first_day")} value={values.firstDay} onChange={(e) => set({ firstDay: e.currentTarget.value })} error={error("firstDay")} />
					<TextInput type="date" label={say("programs.last_day")} value={values.lastDay} onChange={(e) => set({ lastDay: e.currentTarget.value })} error={error("lastDay")} />
				</div>
			</fieldset>
			<Switch className="rotating" label={say("programs.rotating")} description={say("programs.rotating_text")} checked={values.redeemCode === "rotating"}
				onChange={(e) => set({ redeemCode: e.currentTarget.checked ? "rotating" : "static" })} />
			<Limits values={values} set={set} wrong={wrong} error={refusal} />
		</>
	);
}
