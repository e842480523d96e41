import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useMay } from "../data/me.ts";
import { programsQuery } from "../data/programs.ts";
import { Empty } from "../parts/empty.tsx";
import { Answer } from "../parts/listing.tsx";
import { Loading } from "../parts/loading.tsx";
import { Room } from "../parts/page.tsx";
import { speakRooms, useTexts } from "../texts.ts";
import { Checklist } from "./checklist.tsx";
import "./home.css";
import { Totals } from "./totals.tsx";

// Its words are those of the rooms.
const Latest = lazy(async () => {
	const [{ Latest }] = await Promise.all([import("../activity/latest.tsx"), speakRooms()]);
	return { default: Latest };
});

export function Home() {
	const { location } = useSearch({ from: "/" });
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
			{may("customers:read") && programs.data && programs.data.length > 0 && <Suspense fallback={<Loading lines={4} />}><Latest location={location} /></Suspense>}
		</Room>
	);
}
