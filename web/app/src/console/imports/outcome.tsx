import { Progress } from "@mantine/core";
import { goesOn, type Import } from "../data/imports.ts";
import { bytes, number } from "../format.ts";
import { Facts } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { ImportBadge } from "./badge.tsx";

const COUNTS = ["rows", "receipts", "stamped", "stamps", "coupons", "new_customers", "new_locations", "row_errors", "rows_dropped", "replayed", "refused", "too_small"] as const;

/** How far an import is and what it did, or would do. */
export function Outcome({ of }: { of: Import }) {
	const { say } = useTexts();
	const share = of.bytes_total > 0 ? Math.floor((100 * of.bytes_read) / of.bytes_total) : 0;
	return (
		<div className="outcome">
			<p><ImportBadge of={of} /></p>
			{goesOn(of) && (
				<>
					<Progress value={share} aria-label={say("imports.progress")} size="lg" radius="xl" />
					<p className="hint">{say("imports.read", { read: bytes(of.bytes_read), total: bytes(of.bytes_total) })}</p>
				</>
			)}
			{of.problem && <p className="complaint">{of.problem_code ? say(`imports.problem_${of.problem_code}`) : of.problem}</p>}
			{of.problem_code === "file_unusable" && <p className="hint" lang="en">{of.problem}</p>}
			<Facts facts={COUNTS.map((c) => [say(`imports.count_${c}`), number(of.counts[c])] as const)} />
		</div>
	);
}
