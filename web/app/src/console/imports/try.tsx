import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { goesOn, hasErrors, importQuery, type Import } from "../data/imports.ts";
import { Sheet } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { useTexts } from "../texts.ts";
import { ImportErrors } from "./errors.tsx";
import { Outcome } from "./outcome.tsx";

interface TryProps {
	dry: Import;
	sending: boolean;
	error: unknown;
	back: () => void;
	go: () => void;
}

/** What the import would do, before it does anything. */
export function Try({ dry, sending, error, back, go }: TryProps) {
	const { say } = useTexts();
	const now = useQuery({ ...importQuery(dry.id), initialData: dry }).data;
	return (
		<>
			<Sheet title={say("imports.stage_try")}>
				<p>{say(goesOn(now) ? "imports.trying" : "imports.tried")}</p>
				<Outcome of={now} />
				{Boolean(error) && <Problem error={error} />}
				<div className="row">
					<Button variant="default" onClick={back}>{say("imports.back")}</Button>
					<Button disabled={now.status !== "done"} loading={sending} onClick={go}>{say("imports.really", { count: now.counts.stamped })}</Button>
				</div>
			</Sheet>
			{hasErrors(now) && !goesOn(now) && <ImportErrors id={dry.id} />}
		</>
	);
}
