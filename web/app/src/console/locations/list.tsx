import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { locationsQuery } from "../data/locations.ts";
import { actsAt, useMay, useMe } from "../data/me.ts";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { Answer } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

export function Locations() {
	const { say } = useTexts();
	const may = useMay();
	const me = useMe();
	const locations = useQuery(locationsQuery);
	const add = may("locations:write") && actsAt(me) && <Link className="button main" to="/locations/new"><Icon name="plus" />{say("locations.add")}</Link>;
	return (
		<Room title={say("locations.title")} intro={say("locations.intro")} actions={locations.data?.length ? add : undefined}>
			<Sheet>
				<Answer of={locations}>
					{(list) => list.length === 0
						? <Empty title={say("locations.empty_title")} text={say("locations.empty_text")} action={add} />
						: <Table caption={say("locations.title")} rows={list} rowKey={(l) => l.id} columns={[
							{ head: say("locations.name"), cell: (l) => may("locations:write") && actsAt(me, l.id) ? <Link to="/locations/$locationId" params={{ locationId: l.id }}>{l.name}</Link> : l.name },
							{ head: say("locations.address"), cell: (l) => l.address },
							{ head: say("locations.external_ref"), cell: (l) => l.external_ref },
							{ head: say("locations.zone"), cell: (l) => l.zone },
						]} />}
				</Answer>
			</Sheet>
		</Room>
	);
}
