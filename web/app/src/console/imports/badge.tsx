import type { Import } from "../data/imports.ts";
import { Badge } from "../parts/badge.tsx";
import { useTexts } from "../texts.ts";

const kinds = { queued: "plain", running: "warn", done: "good", failed: "bad", stopped: "warn" } as const;

export function ImportBadge({ of }: { of: Import }) {
	const { say } = useTexts();
	return <Badge kind={kinds[of.status]}>{of.dry_run ? say("imports.dry_run_badge", { status: say(`imports.status_${of.status}`) }) : say(`imports.status_${of.status}`)}</Badge>;
}
