import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api } from "../api.ts";
import { goesOn, hasErrors, importQuery, type Import } from "../data/imports.ts";
import { useMay } from "../data/me.ts";
import { moment } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
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
		<Room title={one.data?.file_name ?? say("imports.title")} back={{ to: "/imports", label: say("imports.title") }} actions={one.data && <Stop of={one.data} />}>
			<Answer of={one}>{(i) => <Follow of={i} />}</Answer>
		</Room>
	);
}

/** Stops an import that goes on. */
function Stop({ of }: { of: Import }) {
	const { say } = useTexts();
	const may = useMay();
	const queries = useQueryClient();
	const [asking, setAsking] = useState(false);
	if (!goesOn(of) || !may("imports:write")) {
		return null;
	}
	const run = async () => {
		queries.setQueryData(importQuery(of.id).queryKey, await answerOf(api.POST("/v1/imports/{import_id}/stop", { params: { path: { import_id: of.id } } })));
	};
	return (
		<>
			<Button variant="default" disabled={Boolean(of.stop_asked_at)} onClick={() => setAsking(true)}>{say(of.stop_asked_at ? "imports.stopping" : "imports.stop")}</Button>
			{asking && (
				<Dialog title={say("imports.stop_title")} confirm={say("imports.stop")} danger run={run} close={() => setAsking(false)}>
					<p>{say("imports.stop_text")}</p>
				</Dialog>
			)}
		</>
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
			{hasErrors(of) && over && <ImportErrors id={of.id} />}
		</>
	);
}
