import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { words } from "../../locale/locale.ts";
import { LISTS, type ExportFilter, type ListName } from "../data/exports.ts";
import { locationsQuery } from "../data/locations.ts";
import { dayAfter } from "../data/paged.ts";
import { programsQuery } from "../data/programs.ts";
import { Export } from "../parts/export.tsx";
import { Choice, Day, Filters } from "../parts/filters.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { changed } from "../parts/search.ts";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

interface Wanted {
	program?: string;
	location?: string;
	from?: string;
	to?: string;
}

/** The filters that a list has of those in the room. */
function filterOf(list: ListName, { program, location, from, to }: Wanted): ExportFilter {
	return {
		...(program && list !== "customers" && { program_id: program }),
		...(location && (list === "entries" || list === "coupons") && { location_id: location }),
		...(from && { from }), ...(to && { to: dayAfter(to) }),
	};
}

export function Exports() {
	const { say } = useTexts();
	const wanted: Wanted = useSearch({ from: "/exports" });
	const navigate = useNavigate({ from: "/exports" });
	const programs = useQuery(programsQuery).data ?? [];
	const locations = useQuery(locationsQuery).data ?? [];
	const set = (part: keyof Wanted) => (value: string | undefined) => void navigate({ search: changed(wanted, part, value), replace: true });
	return (
		<Room title={say("exports.title")} intro={say("exports.intro")}>
			<Filters label={say("filters.title")}>
				<Day label={say("programs.first_day")} value={wanted.from} max={wanted.to} choose={set("from")} />
				<Day label={say("programs.last_day")} value={wanted.to} min={wanted.from} choose={set("to")} />
				{programs.length > 1 && <Choice label={say("home.program")} value={wanted.program} all={say("home.all_programs")} options={programs.map((p) => [p.id, words(p.name)])} choose={set("program")} />}
				{locations.length > 1 && <Choice label={say("home.location")} value={wanted.location} all={say("home.all_locations")} options={locations.map((l) => [l.id, l.name])} choose={set("location")} />}
			</Filters>
			<Sheet>
				<p className="hint">{say("exports.care")}</p>
				<Table caption={say("exports.title")} rows={LISTS} rowKey={(list) => list} columns={[
					{ head: say("exports.list"), cell: (list) => <><strong>{say(`exports.list_${list}`)}</strong><small>{say(`exports.about_${list}`)}</small></> },
					{ head: say("exports.file"), quiet: true, cell: (list) => <div className="row"><Export list={list} filter={filterOf(list, wanted)} /></div> },
				]} />
			</Sheet>
		</Room>
	);
}
