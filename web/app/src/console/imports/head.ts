// Looks into the beginning of a CSV file, so that its columns can be chosen by name.
// The server reads the file by the mapping; this only helps to write one.

/** How much of a file is looked at. */
export const HEAD_BYTES = 64 << 10;
const MAX_ROWS = 6;
const DELIMITERS = [",", ";", "\t", "|"] as const;

export type Delimiter = (typeof DELIMITERS)[number];

export interface Head {
	delimiter: Delimiter;
	columns: string[];
	/** The first lines under the header. */
	rows: string[][];
}

/** Reads the text of a file's beginning: UTF-8 or UTF-16 by their marks, else UTF-8 if it is, else windows-1252. */
export function decode(bytes: Uint8Array): string {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) {
		return new TextDecoder("utf-16le").decode(bytes);
	}
	if (bytes[0] === 0xfe && bytes[1] === 0xff) {
		return new TextDecoder("utf-16be").decode(bytes);
	}
	try {
		// The last character may have been cut in two.
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
	} catch {
		return new TextDecoder("windows-1252").decode(bytes);
	}
}

/** Cuts text into rows of cells. Quoted cells may hold delimiters, line ends and doubled quotes. */
export function parse(text: string, delimiter: string, maxRows: number): string[][] {
	const rows: string[][] = [];
	let row: string[] = [];
	let cell = "";
	let quoted = false;
	for (let i = 0; i < text.length && rows.length < maxRows; i++) {
		const c = text.charAt(i);
		if (quoted) {
			if (c !== '"') {
				cell += c;
			} else if (text[i + 1] === '"') {
				cell += '"';
				i++;
			} else {
				quoted = false;
			}
		} else if (c === '"' && cell === "") {
			quoted = true;
		} else if (c === delimiter) {
			row.push(cell);
			cell = "";
		} else if (c === "\n" || c === "\r") {
			if (c === "\r" && text[i + 1] === "\n") {
				i++;
			}
			rows.push([...row, cell]);
			row = [];
			cell = "";
		} else {
			cell += c;
		}
	}
	if (rows.length < maxRows && (row.length > 0 || cell !== "")) {
		rows.push([...row, cell]);
	}
	return rows;
}

/** Returns the columns and first lines of a CSV file, undefined if it does not look like one. */
export function headOf(text: string): Head | undefined {
	const of = (delimiter: Delimiter) => ({ delimiter, rows: parse(text, delimiter, MAX_ROWS) });
	const [best] = DELIMITERS.map(of).sort((a, b) => (b.rows[0]?.length ?? 0) - (a.rows[0]?.length ?? 0));
	const [columns, ...rows] = best?.rows ?? [];
	if (!best || !columns || columns.length < 2) {
		return undefined;
	}
	return { delimiter: best.delimiter, columns: columns.map((c) => c.trim()), rows: rows.filter((r) => r.some((c) => c.trim() !== "")) };
}
