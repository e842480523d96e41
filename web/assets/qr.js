// @ts-check
// Draws the QR code of a rotating code: version 2, level M, alphanumeric mode, which is
// the one size that 25 letters and digits need (ISO/IEC 18004:2015).

const SIZE = 25;
const QUIET = 4;
const DATA = 28;
const CORRECTION = 16;
const CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** @type {((x: number, y: number) => boolean)[]} */
const masks = [
	(x, y) => (x + y) % 2 === 0,
	(_, y) => y % 2 === 0,
	(x) => x % 3 === 0,
	(x, y) => (x + y) % 3 === 0,
	(x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
	(x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
	(x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
	(x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** @param {number} a @param {number} b in the field of 256 elements */
function times(a, b) {
	let product = 0;
	for (let bit = 7; bit >= 0; bit--) {
		product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> bit) & 1) * a);
	}
	return product;
}

/** @param {string} text @returns {number[]} the codewords, with those that correct */
function codewords(text) {
	let bits = "";
	/** @param {number} value @param {number} length */
	const add = (value, length) => { bits += value.toString(2).padStart(length, "0"); };
	add(2, 4);
	add(text.length, 9);
	for (let i = 0; i < text.length; i += 2) {
		const [a, b] = [...text.slice(i, i + 2)].map((c) => CHARACTERS.indexOf(c));
		b === undefined ? add(a ?? 0, 6) : add((a ?? 0) * 45 + b, 11);
	}
	bits += "0000";
	bits += "0".repeat(-bits.length & 7);
	const data = (bits.match(/.{8}/g) ?? []).map((octet) => parseInt(octet, 2));
	for (let pad = 0xec; data.length < DATA; pad ^= 0xec ^ 0x11) {
		data.push(pad);
	}
	let generator = [1];
	for (let i = 0, root = 1; i < CORRECTION; i++, root = times(root, 2)) {
		generator = [...generator, 0].map((c, j) => c ^ times(generator[j - 1] ?? 0, root));
	}
	const rest = [...data, ...Array(CORRECTION).fill(0)];
	for (let i = 0; i < DATA; i++) {
		const lead = rest[i];
		generator.forEach((g, j) => { rest[i + j] ^= times(g, lead); });
	}
	return [...data, ...rest.slice(DATA)];
}

/**
 * What stands in the same place in every code, undefined where there is data.
 * @param {number} mask
 */
function frame(mask) {
	const m = Array.from({ length: SIZE }, () => /** @type {(boolean | undefined)[]} */ (Array(SIZE).fill(undefined)));
	/** @param {number} x @param {number} y @param {boolean} dark */
	const set = (x, y, dark) => { const row = m[y]; if (row && x >= 0 && x < SIZE) { row[x] = dark; } };
	for (let i = 0; i < SIZE; i++) {
		set(i, 6, i % 2 === 0);
		set(6, i, i % 2 === 0);
	}
	/** @param {number} cx @param {number} cy @param {number} reach @param {number[]} light */
	const square = (cx, cy, reach, light) => {
		for (let y = -reach; y <= reach; y++) {
			for (let x = -reach; x <= reach; x++) {
				set(cx + x, cy + y, !light.includes(Math.max(Math.abs(x), Math.abs(y))));
			}
		}
	};
	square(3, 3, 4, [2, 4]);
	square(SIZE - 4, 3, 4, [2, 4]);
	square(3, SIZE - 4, 4, [2, 4]);
	square(SIZE - 7, SIZE - 7, 2, [1]);
	let format = mask << 10; // level M is 00
	for (let bit = 14; bit >= 10; bit--) {
		format ^= ((format >> bit) & 1) * (0x537 << (bit - 10));
	}
	format = ((mask << 10) | format) ^ 0x5412;
	for (let i = 0; i < 15; i++) {
		const dark = ((format >> i) & 1) === 1;
		set(8, i < 6 ? i : i < 8 ? i + 1 : SIZE - 15 + i, dark);
		set(i < 8 ? SIZE - 1 - i : i < 9 ? 7 : 14 - i, 8, dark);
	}
	set(8, SIZE - 8, true);
	return m;
}

/** @param {number[]} words @param {number} mask */
function fill(words, mask) {
	const m = frame(mask);
	const masked = masks[mask];
	let at = 0;
	// Two columns at a time, from the right, up and down in turn; column 6 is left out.
	for (let right = SIZE - 1, up = true; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
		for (let i = 0; i < SIZE; i++) {
			const y = up ? SIZE - 1 - i : i;
			for (const x of [right, right - 1]) {
				const row = m[y];
				if (row && row[x] === undefined) {
					const bit = ((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
					row[x] = (bit === 1) !== masked?.(x, y);
					at++;
				}
			}
		}
	}
	return m;
}

/**
 * How hard to read it is: long runs of one colour, and squares.
 * @param {(boolean | undefined)[][]} m
 */
function penalty(m) {
	let sum = 0;
	for (const lines of [m, m.map((_, i) => m.map((row) => row[i]))]) {
		for (const line of lines) {
			for (const run of line.map(Number).join("").match(/0{5,}|1{5,}/g) ?? []) {
				sum += run.length - 2;
			}
		}
	}
	for (let y = 1; y < SIZE; y++) {
		for (let x = 1; x < SIZE; x++) {
			const c = m[y]?.[x];
			sum += m[y - 1]?.[x] === c && m[y]?.[x - 1] === c && m[y - 1]?.[x - 1] === c ? 3 : 0;
		}
	}
	return sum;
}

/**
 * Returns the dark modules as the path of an SVG of 33 modules, quiet zone and all.
 * @param {string} text
 */
export function qrPath(text) {
	const words = codewords(text);
	const best = masks.map((_, mask) => fill(words, mask)).map((m) => ({ m, penalty: penalty(m) })).reduce((a, b) => (b.penalty < a.penalty ? b : a));
	return best.m.map((row, y) => [...row.map(Number).join("").matchAll(/1+/g)]
		.map((run) => `M${run.index + QUIET} ${y + QUIET}h${run[0].length}v1h-${run[0].length}z`).join("")).join("");
}
