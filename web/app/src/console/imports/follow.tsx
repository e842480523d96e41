import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { goesOn, importQuery, type Import } from "../data/imports.ts";
import { moment } from "../format.ts";
import { Answer } from "../parts/listing.tsx";
import { Facts, Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { ImportErrors } from "./errors.tsx";
import "./imports.css";
import { Outcome } from "./outcome.tsx";

export function FollowImport() {
	const { say } = useTexts();
	const { importId } = useParams({ from: "/imports/$importId" });
	const one = useQuery(importQuery(importId));
	return (
		<Room title={one.data?.file_name ?? say("imports.title")} back={{ to: "/imports", label: say("imports.title") }}>
			<Answer of={one}>{(i) => <Follow of={i} />}</Answer>
		</Room>
	);
}

function Follow({ of }: { of: Import }) {
	const { say } = useTexts();
	const queries = useQueryClient();
	const over = !goesOn(of);
	useEffect(() => {
		// What it brought in is seen in the other rooms too.
		if (over) {
			void queries.invalidateQueries({ queryKey: ["imports"], exact: true });
			void queries.invalidateQueries({ queryKey: ["customers"] });
			void queries.invalidateQueries({ queryKey: ["locations"] });
		}
	}, [over, queries]);
	return (
		<>
			<Sheet>
				<Outcome of={of} />
				<Facts facts={[
					[say("imports.begun"), moment(of.created_at)], [say("imports.finished"), of.finished_at && moment(of.finished_at)],
				]} />
			</Sheet>
			{of.counts.row_errors > 0 && over && <ImportErrors id={of.id} />}
		</>
	);
}
