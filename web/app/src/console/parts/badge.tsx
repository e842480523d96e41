import type { ReactNode } from "react";

/** A state in a word; the colour only repeats it. */
export function Badge({ kind = "plain", children }: { kind?: "good" | "warn" | "bad" | "plain"; children: ReactNode }) {
	// "plain" is the look of a badge without more, and the class of something else.
	return <span className={kind === "plain" ? "badge" : `badge ${kind}`}>{children}</span>;
}
