// A new import, in three steps: a file, what its columns mean, a dry run; then for real.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Import } from "../data/imports.ts";
import { programsQuery } from "../data/programs.ts";
import { Empty } from "../parts/empty.tsx";
import { Guard } from "../parts/guard.tsx";
import { Answer } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { Choose, type Chosen } from "./choose.tsx";
import "./imports.css";
import { MappingForm } from "./mapping_form.tsx";
import { sendImport, type Order } from "./send.ts";
import { Try } from "./try.tsx";

type Stage = { at: "choose"; before?: Chosen } | { at: "map"; chosen: Chosen } | { at: "try"; chosen: Chosen; order: Order; dry: Import };
const STAGES = ["choose", "map", "try"] as const;

export function NewImport() {
	const { say } = useTexts();
	const programs = useQuery(programsQuery);
	return (
		<Room title={say("imports.add")} back={{ to: "/imports", label: say("imports.title") }}>
			<Answer of={programs}>
				{(list) => list.length > 0
					? <Stages />
					: <Sheet><Empty title={say("programs.empty_title")} text={say("imports.needs_program")} action={<Link className="button main" to="/programs/new">{say("programs.add")}</Link>} /></Sheet>}
			</Answer>
		</Room>
	);
}

function Stages() {
	const { say } = useTexts();
	const [stage, setStage] = useState<Stage>({ at: "choose" });
	const queries = useQueryClient();
	const navigate = useNavigate();
	const trying = useMutation({
		mutationFn: async ({ chosen, mapping }: { chosen: Chosen; mapping: string }) => {
			const order: Order = { file: chosen.file, programId: chosen.programId, mapping };
			return { chosen, order, dry: await sendImport(order, true) };
		},
		onSuccess: (made) => setStage({ at: "try", ...made }),
	});
	const really = useMutation({
		mutationFn: (order: Order) => sendImport(order, false),
		onSuccess: async (made) => {
			await queries.invalidateQueries({ queryKey: ["imports"] });
			await navigate({ to: "/imports/$importId", params: { importId: made.id }, ignoreBlocker: true });
		},
	});
	return (
		<>
			<Guard when={stage.at !== "choose"} />
			<ol className="stages">
				{STAGES.map((s) => <li key={s} aria-current={s === stage.at ? "step" : undefined}>{say(`imports.stage_${s}`)}</li>)}
			</ol>
			{stage.at === "choose" && <Choose before={stage.before} next={(chosen) => { trying.reset(); setStage({ at: "map", chosen }); }} />}
			{stage.at !== "choose" && (
				// Kept while the dry run is looked at, so that going back loses nothing.
				<div hidden={stage.at !== "map"}>
					<MappingForm chosen={stage.chosen} sending={trying.isPending} error={trying.error} back={() => setStage({ at: "choose", before: stage.chosen })}
						next={(mapping) => trying.mutate({ chosen: stage.chosen, mapping })} />
				</div>
			)}
			{stage.at === "try" && (
				<Try dry={stage.dry} sending={really.isPending} error={really.error} back={() => setStage({ at: "map", chosen: stage.chosen })} go={() => really.mutate(stage.order)} />
			)}
		</>
	);
}
