// The form of a program: what is collected, what is given, what guards against mistakes.

import { Switch, TextInput } from "@mantine/core";
import { LocalizedInput } from "../parts/localized.tsx";
import { NumberField } from "../parts/number.tsx";
import { useTexts } from "../texts.ts";
import { Rewards } from "./rewards.tsx";
import { MAX_GOAL, MIN_GOAL, type ProgramValues, type Wrong } from "./values.ts";

export interface FieldsProps {
	values: ProgramValues;
	set: (part: Partial<ProgramValues>) => void;
	wrong: Wrong;
}

export function ProgramFields({ values, set, wrong }: FieldsProps) {
	const { say } = useTexts();
	const error = (field: string) => (wrong[field] ? say(wrong[field]) : false);
	return (
		<>
			<LocalizedInput label={say("programs.name")} value={values.name} change={(name) => set({ name })} error={error("name")} />
			<div className="pair">
				<NumberField label={say("programs.goal")} description={say("programs.goal_text")} min={MIN_GOAL} max={MAX_GOAL} value={values.goal} change={(goal) => set({ goal })} error={error("goal")} />
				<NumberField label={say("programs.welcome_stamps")} description={say("programs.welcome_stamps_text")} min={0} value={values.welcomeStamps} change={(welcomeStamps) => set({ welcomeStamps })} error={error("welcomeStamps")} />
			</div>
			<Rewards values={values} set={set} wrong={wrong} />
			<fieldset>
				<legend>{say("programs.days")}</legend>
				<div className="pair">
					<TextInput type="date" label={say("programs.first_day")} value={values.firstDay} onChange={(e) => set({ firstDay: e.currentTarget.value })} />
					<TextInput type="date" label={say("programs.last_day")} value={values.lastDay} onChange={(e) => set({ lastDay: e.currentTarget.value })} error={error("lastDay")} />
				</div>
			</fieldset>
			<Limits values={values} set={set} wrong={wrong} />
		</>
	);
}

const LIMITS = ["max_per_scan", "max_per_card_day", "cool_down_seconds", "max_per_staff_day"] as const;

function Limits({ values, set, wrong }: FieldsProps) {
	const { say } = useTexts();
	return (
		<details className="limits" open={LIMITS.some((l) => wrong[l])}>
			<summary>{say("programs.limits")}</summary>
			<p className="hint">{say("programs.limits_text")}</p>
			<div className="pair">
				{LIMITS.map((l) => (
					<NumberField key={l} label={say(`programs.${l}`)} min={0} value={values.limits[l]} error={wrong[l] ? say(wrong[l]) : false}
						change={(n) => set({ limits: { ...values.limits, [l]: n } })} />
				))}
			</div>
			<Switch label={say("programs.redeem_offline")} description={say("programs.redeem_offline_text")} checked={values.limits.redeem_offline}
				onChange={(e) => set({ limits: { ...values.limits, redeem_offline: e.currentTarget.checked } })} />
		</details>
	);
}
