import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { words } from "../../locale/locale.ts";
import { importsQuery, type Import } from "../data/imports.ts";
import { useMay } from "../data/me.ts";
import { programsQuery } from "../data/programs.ts";
import { moment, number } from "../format.ts";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import { ImportBadge } from "./badge.tsx";

export function Imports() {
	const { say } = useTexts();
	const may = useMay();
	const imports = useInfiniteQuery(importsQuery);
	const add = may("imports:write") && <Link className="button main" to="/imports/new"><Icon name="plus" />{say("imports.add")}</Link>;
	const list = imports.data?.pages.flatMap((p) => p.data) ?? [];
	return (
		<Room title={say("imports.title")} intro={say("imports.intro")} actions={list.length > 0 ? add : undefined}>
			<Sheet>
				<Answer of={imports}>
					{() => list.length > 0 ? <><List imports={list} /><More of={imports} /></> : <Empty title={say("imports.empty_title")} text={say("imports.empty_text")} action={add} />}
				</Answer>
			</Sheet>
		</Room>
	);
}

function List({ imports }: { imports: readonly Import[] }) {
	const { say } = useTexts();
	const programs = useQuery(programsQuery).data ?? [];
	return (
		<Table caption={say("imports.title")} rows={imports} rowKey={(i) => i.id} columns={[
			{ head: say("imports.file"), cell: (i) => <Link to="/imports/$importId" params={{ importId: i.id }}>{i.file_name}</Link> },
			{ head: say("imports.status"), cell: (i) => <ImportBadge of={i} /> },
			{ head: say("imports.program"), cell: (i) => words(programs.find((p) => p.id === i.program_id)?.name) },
			{ head: say("imports.receipts"), number: true, cell: (i) => number(i.counts.receipts) },
			{ head: say("imports.row_errors"), number: true, cell: (i) => number(i.counts.row_errors) },
			{ head: say("imports.begun"), cell: (i) => moment(i.created_at) },
		]} />
	);
}
