import type { ProgramStatus } from "../data/programs.ts";
import { Badge } from "../parts/badge.tsx";
import { useTexts } from "../texts.ts";

const kinds = { draft: "warn", active: "good", ended: "plain" } as const;

export function StatusBadge({ status }: { status: ProgramStatus }) {
	const { say } = useTexts();
	return <Badge kind={kinds[status]}>{say(`programs.status_${status}`)}</Badge>;
}
