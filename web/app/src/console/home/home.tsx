import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMay } from "../data/me.ts";
import { programsQuery } from "../data/programs.ts";
import { Empty } from "../parts/empty.tsx";
import { Answer } from "../parts/listing.tsx";
import { Room } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { Checklist } from "./checklist.tsx";
import "./home.css";
import { Totals } from "./totals.tsx";

export function Home() {
	const { say } = useTexts();
	const may = useMay();
	const programs = useQuery(programsQuery);
	return (
		<Room title={say("home.title")}>
			{may("tills:read") && <Checklist />}
			{may("stats:read") && (
				<Answer of={programs}>
					{(list) => list.length > 0
						? <Totals programs={list} />
						: <Empty title={say("home.empty_title")} text={say("home.empty_text")} action={may("programs:write") && <Link className="button main" to="/programs/new">{say("programs.add")}</Link>} />}
				</Answer>
			)}
		</Room>
	);
}
