// Lists. On a phone each line becomes a card, with the heads of the columns before the
// values; the roles keep it a table for those who listen to it.

import type { ReactNode } from "react";

export interface Column<T> {
	head: string;
	cell: (item: T) => ReactNode;
	/** Numbers stand to the right, below each other. */
	number?: boolean;
	/** The head is for screen readers only. */
	quiet?: boolean;
}

interface TableProps<T> {
	/** What the table is about, for screen readers. */
	caption: string;
	columns: readonly Column<T>[];
	rows: readonly T[];
	rowKey: (item: T) => string;
	/** Tables of numbers stay tables on phones too. */
	narrow?: boolean;
	/** A class for a table that is laid out in a way of its own on phones. */
	className?: string;
}

export function Table<T>({ caption, columns, rows, rowKey, narrow, className }: TableProps<T>) {
	return (
		<table className={["list", narrow && "narrow", className].filter(Boolean).join(" ")} role="table" aria-label={caption}>
			<thead role="rowgroup">
				<tr role="row">
					{columns.map((c) => <th key={c.head} role="columnheader" scope="col" className={c.number ? "number" : undefined}>{c.quiet ? <span className="unseen">{c.head}</span> : c.head}</th>)}
				</tr>
			</thead>
			<tbody role="rowgroup">
				{rows.map((row) => (
					<tr key={rowKey(row)} role="row">
						{columns.map((c, i) => (
							<td key={c.head} role="cell" className={c.number ? "number" : undefined} data-head={i > 0 && !c.quiet ? c.head : undefined}>{c.cell(row)}</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
