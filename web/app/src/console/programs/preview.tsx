import type { Locale } from "../../locale/locale.ts";
import { lookOf, type Say } from "../brand/face.tsx";
import { LivePreview } from "../brand/preview.tsx";
import { useMe } from "../data/me.ts";
import { saidIn } from "../settings/brand.ts";
import { MAX_GOAL, MIN_GOAL, type ProgramValues } from "./values.ts";

/** How many stamps the card of the preview has, of ten. */
const FILLED_SHARE = 0.4;

/** What customers will see of a program, while it is being typed. */
export function Preview({ values }: { values: ProgramValues }) {
	const { organization } = useMe();
	const own = organization.locale;
	const look = lookOf(organization);
	const goal = Math.min(Math.max(Math.round(values.goal) || MIN_GOAL, MIN_GOAL), MAX_GOAL);
	const milestones = values.rewards.filter((r) => r.kind === "milestone");
	const facesIn = (locale: Locale, say: Say) => {
		const words = (t: { [L in Locale]?: string } | undefined) => t?.[locale]?.trim() || t?.[own] || "";
		const said = saidIn(organization.brand.texts, locale, own);
		const main = words(values.rewards.find((r) => r.kind === "main")?.name);
		const terms = Boolean(said.terms || said.terms_url);
		const extras = [
			...(values.welcomeStamps > 0 ? [[say("programs.goal_stamps", { count: values.welcomeStamps }), say("preview.at_start")] as const] : []),
			...values.rewards.filter((r) => r.kind === "welcome").map((r) => [words(r.name), say("preview.at_start")] as const),
			...milestones.map((r) => [words(r.name), say("preview.at_stamps", { count: r.at ?? 0 })] as const),
		];
		return {
			look,
			card: {
				program: said.card_title || words(values.name) || "…", goal, filled: Math.max(1, Math.floor(goal * FILLED_SHARE)),
				prizes: milestones.map((m) => m.at ?? 0), reward: main, terms,
			},
			join: { goal, reward: main, extras, welcome: said.welcome ?? "", terms },
		};
	};
	return <LivePreview own={own} facesIn={facesIn} />;
}
