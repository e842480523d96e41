import { useTexts } from "../texts.ts";
import type { Head } from "./head.ts";

/** The first lines of the file, as they were understood. */
export function Peek({ head }: { head: Head }) {
	const { say } = useTexts();
	return (
		<div className="peek" tabIndex={0} role="region" aria-label={say("imports.peek")}>
			<table>
				<thead><tr>{head.columns.map((c, i) => <th key={i} scope="col">{c}</th>)}</tr></thead>
				<tbody>{head.rows.map((row, i) => <tr key={i}>{head.columns.map((_, j) => <td key={j}>{row[j]}</td>)}</tr>)}</tbody>
			</table>
		</div>
	);
}
