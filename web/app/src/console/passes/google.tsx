import type { PassStats } from "../data/passes.ts";
import { number } from "../format.ts";
import { Facts, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { Stale, StaleCount } from "./stale.tsx";

/** The cards in Google Wallet. */
export function Google({ stats }: { stats: NonNullable<PassStats["google"]> }) {
	const { say } = useTexts();
	return (
		<>
			<Sheet title={say("passes.google")}>
				<Facts facts={[
					[say("passes.issued"), number(stats.issued)],
					[say("passes.google_saved"), number(stats.saved)],
					[say("passes.fetched"), number(stats.sent)],
					[say("passes.stale"), <StaleCount key="stale" wallet="google" count={stats.stale} />],
					[say("passes.google_failed"), number(stats.failed)],
				]} />
				<Facts facts={[[say("passes.google_issuer"), <code key="issuer">{stats.issuer_id}</code>]]} />
				<p className="hint">{say(stats.failed > 0 ? "passes.google_failed_hint" : "passes.google_hint")}</p>
			</Sheet>
			<Stale wallet="google" name={say("passes.google")} />
		</>
	);
}
