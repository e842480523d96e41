import { useMe } from "../data/me.ts";
import { CardFace, JoinFace, Branded, lookOf } from "../brand/face.tsx";
import { useTexts } from "../texts.ts";
import { MAX_GOAL, MIN_GOAL, type ProgramValues } from "./values.ts";

/** How many stamps the card of the preview has, of ten. */
const FILLED_SHARE = 0.4;

/** The customer's card and the join page as they will be, while they are being typed. */
export function Preview({ values }: { values: ProgramValues }) {
	const { say } = useTexts();
	const { organization } = useMe();
	const look = lookOf(organization);
	const own = organization.locale;
	const goal = Math.min(Math.max(Math.round(values.goal) || MIN_GOAL, MIN_GOAL), MAX_GOAL);
	const main = values.rewards.find((r) => r.kind === "main")?.name[own] ?? "";
	const milestones = values.rewards.filter((r) => r.kind === "milestone");
	const extras = [
		...(values.welcomeStamps > 0 ? [[say("programs.goal_stamps", { count: values.welcomeStamps }), say("preview.at_start")] as const] : []),
		...values.rewards.filter((r) => r.kind === "welcome").map((r) => [r.name[own] ?? "", say("preview.at_start")] as const),
		...milestones.map((r) => [r.name[own] ?? "", say("preview.at_stamps", { count: r.at ?? 0 })] as const),
	];
	return (
		<aside className="preview" aria-label={say("preview.title")}>
			<Branded look={look}>
				<h2>{say("preview.card")}</h2>
				<CardFace look={look} card={{ program: values.name[own] || "…", goal, filled: Math.max(1, Math.floor(goal * FILLED_SHARE)), prizes: milestones.map((m) => m.at ?? 0), reward: main }} />
				<h2>{say("preview.join")}</h2>
				<JoinFace look={look} join={{ goal, reward: main, extras }} />
			</Branded>
		</aside>
	);
}
