import type { WalletStats } from "../data/passes.ts";
import { number } from "../format.ts";
import { Facts, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { Stale, StaleCount } from "./stale.tsx";

/** How many cards are in Samsung Wallet, and how up to date. */
export function Samsung({ stats }: { stats: WalletStats }) {
	const { say } = useTexts();
	return (
		<>
			<Sheet title={say("passes.samsung")}>
				<Facts facts={[
					[say("passes.issued"), number(stats.issued)],
					[say("passes.installed"), number(stats.installed)],
					[say("passes.pushed"), number(stats.told)],
					[say("passes.fetched"), number(stats.fetched)],
					[say("passes.stale"), <StaleCount key="stale" wallet="samsung" count={stats.stale} />],
				]} />
				<p className="hint">{say("passes.samsung_hint")}</p>
			</Sheet>
			<Stale wallet="samsung" name={say("passes.samsung")} />
		</>
	);
}
