import { Progress } from "@mantine/core";
import { moment, number } from "../format.ts";
import { Facts, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { leftOf, type Spread as Of } from "./left.ts";

/** How far phones were told of the last change of the brand or of rules. */
export function Spread({ of, now }: { of: Of; now: number }) {
	const { say } = useTexts();
	if (of.finished_at !== null) {
		return (
			<Sheet title={say("passes.spread")}>
				<Facts facts={[
					[say("passes.spread_told"), number(of.total)],
					[say("passes.spread_done"), moment(of.finished_at)],
				]} />
			</Sheet>
		);
	}
	const left = leftOf(of, now);
	return (
		<Sheet title={say("passes.spread")}>
			<div className="outcome">
				<p>{say("passes.spread_progress", { told: number(of.told), total: number(of.total) })}</p>
				<Progress value={Math.floor((100 * of.told) / of.total)} aria-label={say("passes.spread_share")} size="lg" radius="xl" />
				<p className="hint">
					{left === null ? say("passes.spread_begins") : say("passes.spread_left", { count: left })} {say("passes.spread_hint")}
				</p>
			</div>
		</Sheet>
	);
}
