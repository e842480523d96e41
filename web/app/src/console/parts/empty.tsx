import type { ReactNode } from "react";

/** What stands where nothing is yet: what will be here, and the next step to it. */
export function Empty({ title, text, action }: { title: string; text?: string; action?: ReactNode }) {
	return (
		<div className="empty">
			<svg viewBox="0 0 100 60" aria-hidden="true" className="empty-picture">
				{[20, 50, 80].map((x) => <circle key={x} cx={x} cy="30" r="13" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="5 4" />)}
			</svg>
			<h2>{title}</h2>
			{text && <p>{text}</p>}
			{action}
		</div>
	);
}
