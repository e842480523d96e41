// What is shown where something could not be read.

import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTexts } from "../texts.ts";
import { Icon } from "./icons.tsx";

/** A sentence about an error, and a button that tries again. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
	const { say, explain } = useTexts();
	return (
		<div className="problem" role="alert">
			<p><Icon name="bad" /> {explain(error)}</p>
			{retry && <button type="button" className="button" onClick={retry}>{say("app.retry")}</button>}
		</div>
	);
}

/** A room that failed, most likely because its script did not come. */
export function Fault({ error, reset }: ErrorComponentProps) {
	const { reset: forget } = useQueryErrorResetBoundary();
	return <Problem error={error} retry={() => { forget(); reset(); }} />;
}
