import type { ReactNode } from "react";

/** A state in a word; the colour only repeats it. */
export function Badge({ kind = "plain", children }: { kind?: "good" | "warn" | "bad" | "plain"; children: ReactNode }) {
	return <span className={kind === "plain" ? "badge" : `badge ${kind}`}>{children}</span>;
}
