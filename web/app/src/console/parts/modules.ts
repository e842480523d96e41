/** Returns the path of the dark squares of a QR code, one stroke for each run in a row. */
export function modulesPath(rows: readonly (readonly boolean[])[]): string {
	let path = "";
	rows.forEach((row, y) => {
		for (let x = 0; x < row.length; x++) {
			const from = x;
			while (row[x]) {
				x++;
			}
			if (x > from) {
				path += `M${from} ${y}h${x - from}v1h${from - x}z`;
			}
		}
	});
	return path;
}
