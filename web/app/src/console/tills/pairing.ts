/** Returns the parts of a pairing code that are read out one by one: leimala, 7KQM, 3XTB. */
export const spelled = (code: string): string[] => {
	const m = /^(.+)-([^-]+)-([^-]+)$/.exec(code);
	return m ? [`${m[1] ?? ""}-`, `${m[2] ?? ""}-`, m[3] ?? ""] : [code];
};

/** Writes what is left of a time as minutes and seconds; a second that has begun counts. */
export function clock(ms: number): string {
	const seconds = Math.max(Math.ceil(ms / 1000), 0);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
