import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { words } from "../../locale/locale.ts";
import { useMay } from "../data/me.ts";
import { programsQuery, type Program } from "../data/programs.ts";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { Answer } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";
import { StatusBadge } from "./status.tsx";

export function Programs() {
	const { say } = useTexts();
	const may = useMay();
	const programs = useQuery(programsQuery);
	const add = may("programs:write") && <Link className="button main" to="/programs/new"><Icon name="plus" />{say("programs.add")}</Link>;
	return (
		<Room title={say("programs.title")} intro={say("programs.intro")} actions={programs.data?.length ? add : undefined}>
			<Sheet>
				<Answer of={programs}>
					{(list) => list.length > 0
						? <List programs={list} />
						: <Empty title={say("programs.empty_title")} text={say("programs.empty_text")} action={add} />}
				</Answer>
			</Sheet>
		</Room>
	);
}

function List({ programs }: { programs: readonly Program[] }) {
	const { say } = useTexts();
	const main = (p: Program) => p.rewards.find((r) => r.kind === "main")?.name;
	return (
		<Table caption={say("programs.title")} rows={programs} rowKey={(p) => p.id} columns={[
			{ head: say("programs.name"), cell: (p) => <Link to="/programs/$programId" params={{ programId: p.id }}>{words(p.name)}</Link> },
			{ head: say("programs.status"), cell: (p) => <StatusBadge status={p.status} /> },
			{ head: say("programs.goal"), cell: (p) => say("programs.goal_stamps", { count: p.goal }) },
			{ head: say("programs.main_reward"), cell: (p) => words(main(p)) },
		]} />
	);
}
