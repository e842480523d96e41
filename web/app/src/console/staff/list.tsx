import { Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { locationsQuery } from "../data/locations.ts";
import { useMay } from "../data/me.ts";
import { staffQuery, type Staff } from "../data/staff.ts";
import { Badge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { Answer } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

export function StaffList() {
	const { say } = useTexts();
	const may = useMay();
	const staff = useQuery(staffQuery);
	const { all } = useSearch({ from: "/staff/" });
	const navigate = useNavigate({ from: "/staff" });
	const add = may("staff:write") && <Link className="button main" to="/staff/new"><Icon name="plus" />{say("staff.add")}</Link>;
	const gone = staff.data?.some((s) => !s.active);
	return (
		<Room title={say("staff.title")} intro={say("staff.intro")} actions={add}>
			{gone && (
				<div className="filters">
					<Switch label={say("staff.show_inactive")} checked={all ?? false} onChange={(e) => void navigate({ search: e.currentTarget.checked ? { all: true } : {}, replace: true })} />
				</div>
			)}
			<Sheet>
				<Answer of={staff}>
					{(list) => list.length > 0 ? <People people={list.filter((s) => all || s.active)} /> : <Empty title={say("staff.empty_title")} action={add} />}
				</Answer>
			</Sheet>
		</Room>
	);
}

function People({ people }: { people: readonly Staff[] }) {
	const { say } = useTexts();
	const may = useMay();
	const locations = useQuery(locationsQuery).data ?? [];
	const branch = (s: Staff) => (s.location_id ? (locations.find((l) => l.id === s.location_id)?.name ?? "") : say("staff.every_location"));
	return (
		<Table caption={say("staff.title")} rows={people} rowKey={(s) => s.id} columns={[
			{ head: say("staff.name"), cell: (s) => <>{may("staff:write") ? <Link to="/staff/$staffId" params={{ staffId: s.id }}>{s.name}</Link> : s.name}{s.email && <small>{s.email}</small>}</> },
			{ head: say("staff.role"), cell: (s) => say(`role.${s.role}`) },
			{ head: say("staff.location"), cell: branch },
			{ head: say("staff.pin"), cell: (s) => s.has_pin ? <Badge kind="good">{say("staff.pin_set")}</Badge> : <Badge kind="warn">{say("staff.pin_none")}</Badge> },
			{ head: say("staff.state"), cell: (s) => (s.active ? "" : <Badge>{say("staff.inactive")}</Badge>), quiet: true },
		]} />
	);
}
