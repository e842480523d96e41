import { useTexts } from "../texts.ts";

/** Grey lines where something is on its way. They appear late, so that quick answers do not flicker. */
export function Loading({ lines = 4 }: { lines?: number }) {
	const { say } = useTexts();
	return (
		<div className="loading" role="status">
			<span className="unseen">{say("app.loading")}</span>
			{Array.from({ length: lines }, (_, i) => <span key={i} className="bone" aria-hidden="true" />)}
		</div>
	);
}
