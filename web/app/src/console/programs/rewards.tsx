import { Button, NativeSelect } from "@mantine/core";
import { useMe } from "../data/me.ts";
import { useComplaints } from "../parts/form.tsx";
import { Icon } from "../parts/icons.tsx";
import { LocalizedInput } from "../parts/localized.tsx";
import { NumberField } from "../parts/number.tsx";
import { useTexts } from "../texts.ts";
import type { FieldsProps } from "./fields.tsx";
import { MAX_REWARDS, type RewardValues } from "./values.ts";

const MONTHS = [1, 2, 3, 6, 12, 24] as const;

/** What a full card is worth, what there is on the way, and what to begin with. */
export function Rewards({ values, set, wrong, error }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const says = (i: number, part: "name" | "at") => {
		const text = wrong[`reward.${i}.${part}`];
		return text ? say(text) : complaint(`rewards[${i}].${part}`);
	};
	const own = useMe().organization.locale;
	const change = (i: number, part: Partial<RewardValues>) => set({ rewards: values.rewards.map((r, j) => (j === i ? { ...r, ...part } : r)) });
	const remove = (i: number) => set({ rewards: values.rewards.filter((_, j) => j !== i) });
	const add = (reward: RewardValues) => set({ rewards: [...values.rewards, reward] });
	const free = firstFree(values.rewards, values.goal);
	return (
		<fieldset>
			<legend>{say("programs.rewards")}</legend>
			{values.rewards.map((reward, i) => (
				<section key={reward.id ?? `new ${i}`} className="reward" aria-label={say(`programs.reward_${reward.kind}`)}>
					<div className="sheet-head">
						<h2 className="small"><Icon name="gift" /> {say(`programs.reward_${reward.kind}`)}</h2>
						{reward.kind !== "main" && <button type="button" className="plain" onClick={() => remove(i)}>{say("programs.reward_remove")}</button>}
					</div>
					<LocalizedInput label={say("programs.reward_name")} value={reward.name} change={(name) => change(i, { name })} error={says(i, "name")} />
					<div className="pair">
						{reward.kind === "milestone" && (
							<NumberField label={say("programs.reward_at")} min={1} value={reward.at ?? Number.NaN} change={(at) => change(i, { at })} error={says(i, "at")} />
						)}
						<ValidFor value={reward.validFor} change={(validFor) => change(i, { validFor })} error={complaint(`rewards[${i}].valid_for`)} />
					</div>
				</section>
			))}
			{values.rewards.length < MAX_REWARDS && (
				<div className="row">
					{free && <Button variant="default" onClick={() => add({ kind: "milestone", name: { [own]: "" }, at: free, validFor: "" })}>{say("programs.add_milestone")}</Button>}
					{!values.rewards.some((r) => r.kind === "welcome") && (
						<Button variant="default" onClick={() => add({ kind: "welcome", name: { [own]: "" }, validFor: "" })}>{say("programs.add_welcome")}</Button>
					)}
				</div>
			)}
		</fieldset>
	);
}

/** The middle of the card, or the first stamp after it that has no reward yet. */
function firstFree(rewards: readonly RewardValues[], goal: number): number | undefined {
	const taken = rewards.map((r) => r.at);
	const middle = Math.max(Math.floor(goal / 2), 1);
	return Array.from({ length: Math.max(goal - 1, 0) }, (_, i) => 1 + ((middle - 1 + i) % (goal - 1))).find((at) => !taken.includes(at));
}

function ValidFor({ value, change, error }: { value: string; change: (duration: string) => void; error: string }) {
	const { say } = useTexts();
	const usual: string[] = ["", ...MONTHS.map((n) => `P${n}M`)];
	const months = (d: string) => Number(d.slice(1, -1));
	const label = (d: string) => (d === "" ? say("programs.valid_always") : /^P\d+M$/.test(d) ? say("programs.valid_months", { count: months(d) }) : /^P\d+D$/.test(d) ? say("home.days", { count: months(d) }) : d);
	return (
		<NativeSelect label={say("programs.valid_for")} value={value} error={error} onChange={(e) => change(e.currentTarget.value)}
			data={[...usual, ...(usual.includes(value) ? [] : [value])].map((d) => ({ value: d, label: label(d) }))} />
	);
}
