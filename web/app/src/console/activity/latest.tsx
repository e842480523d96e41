// What happened last in the whole shop, on the overview. Its words are those of the
// rooms, so it is loaded after the first screen.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { activityQuery, type ActivityEntry } from "../data/activity.ts";
import { locationsQuery } from "../data/locations.ts";
import { change, moment } from "../format.ts";
import { Answer } from "../parts/listing.tsx";
import { Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

/** How often it is read while the page is looked at. */
const LIVE_MS = 3_000;

export function Latest({ location }: { location: string | undefined }) {
	const { say } = useTexts();
	const latest = useQuery({ ...activityQuery(location), refetchInterval: LIVE_MS });
	return (
		<Sheet title={say("activity.title")}>
			<Answer of={latest} lines={4}>
				{({ data }) => data.length > 0 ? <Lines entries={data} /> : <p className="hint">{say("activity.none")}</p>}
			</Answer>
		</Sheet>
	);
}

function Lines({ entries }: { entries: readonly ActivityEntry[] }) {
	const { say } = useTexts();
	const locations = useQuery(locationsQuery).data ?? [];
	const where = (e: ActivityEntry) => [e.staff_name ?? say(`actor.${e.actor.kind}`), locations.find((l) => l.id === e.location_id)?.name].filter(Boolean).join(" · ");
	return (
		<Table caption={say("activity.title")} rows={entries} rowKey={(e) => e.id} columns={[
			{ head: say("coupons.holder"), cell: (e) => <Link to="/customers/$customerId" params={{ customerId: e.customer_id }} search={{ card: e.card_id }}>{e.first_name ?? say("activity.no_name")}</Link> },
			{ head: say("history.what"), cell: (e) => <strong>{say(`entry.${e.kind}`)}{e.quantity !== 0 && ` ${change(e.quantity)}`}</strong> },
			{ head: say("history.when"), cell: (e) => <div>{moment(e.at)}<small>{where(e)}</small></div> },
		]} />
	);
}
