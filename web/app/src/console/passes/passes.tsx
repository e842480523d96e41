import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { words } from "../../locale/locale.ts";
import { useMay } from "../data/me.ts";
import { passesQuery, type PassStats } from "../data/passes.ts";
import { programsQuery } from "../data/programs.ts";
import { day, number } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Answer } from "../parts/listing.tsx";
import { Facts, Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { certificateState } from "./certificate.ts";
import { Google } from "./google.tsx";
import { Samsung } from "./samsung.tsx";
import { Spread } from "./spread.tsx";
import { Stale, StaleCount } from "./stale.tsx";

/** How often it is counted anew while somebody looks, and while phones are told of a change. */
const COUNT_MS = 15_000;
const SPREAD_MS = 3_000;

const KINDS = { valid: "good", ends_soon: "warn", ended: "bad", made_up: "warn" } as const;

export function Passes() {
	const { say } = useTexts();
	const stats = useQuery({ ...passesQuery, refetchInterval: ({ state }) => (state.data?.spread?.finished_at === null ? SPREAD_MS : COUNT_MS) });
	return (
		<Room title={say("passes.title")} intro={say("passes.intro")}>
			<Designs />
			<Answer of={stats}>
				{(s) => (
					<>
						{s.offered && <State stats={s} now={stats.dataUpdatedAt} />}
						{!s.offered && !s.google && !s.samsung && <Sheet><Empty title={say("passes.none_title")} text={say("passes.none_text")} /></Sheet>}
						{s.google ? <Google stats={s.google} /> : null}
						{s.samsung ? <Samsung stats={s.samsung} /> : null}
					</>
				)}
			</Answer>
		</Room>
	);
}

/** The programs, each with the way to how its passes look. */
function Designs() {
	const { say } = useTexts();
	const may = useMay();
	const programs = useQuery({ ...programsQuery, enabled: may("programs:read") });
	if (!may("programs:read")) {
		return null;
	}
	return (
		<Sheet title={say("design.looks")}>
			<Answer of={programs}>
				{(list) => list.length === 0
					? <p>{say("design.no_program")}</p>
					: <ul className="row">{list.map((p) => <li key={p.id}><Link className="button" to="/passes/$programId" params={{ programId: p.id }}>{words(p.name)}</Link></li>)}</ul>}
			</Answer>
		</Sheet>
	);
}

function State({ stats, now }: { stats: PassStats; now: number }) {
	const { say } = useTexts();
	const state = certificateState(stats, now);
	return (
		<>
			<Sheet title="Apple Wallet">
				<Facts facts={[
					[say("passes.issued"), number(stats.issued)],
					[say("passes.installed"), number(stats.installed)],
					[say("passes.pushed"), number(stats.pushed)],
					[say("passes.fetched"), number(stats.fetched)],
					[say("passes.stale"), <StaleCount key="stale" wallet="apple" count={stats.stale} />],
				]} />
				<p className="hint">{say(stats.updated ? "passes.stale_hint" : "passes.not_updated")}</p>
			</Sheet>
			<Stale wallet="apple" name="Apple Wallet" />
			{stats.spread && <Spread of={stats.spread} now={now} />}
			<Sheet title={`Apple Wallet: ${say("passes.certificate")}`}>
				<p><Badge kind={KINDS[state]}>{say(`passes.${state}`)}</Badge></p>
				<Facts facts={[[say("passes.until"), stats.expires_at ? day(stats.expires_at) : ""]]} />
				<Facts facts={[[say("passes.type"), <code key="type">{stats.pass_type}</code>]]} />
			</Sheet>
		</>
	);
}
