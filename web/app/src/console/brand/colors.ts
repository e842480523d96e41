// What the customer pages make of an organization's colour; web/brand.go does the same
// on the server. Contrasts are those of WCAG 2.2, success criterion 1.4.3.

export type Rgb = readonly [number, number, number];

/** A little above the 4.5 that text needs, because colours are rounded. */
export const TEXT_CONTRAST = 4.6;
/** How much of the colour is in a tint. */
const TINT = 0.1;
const STEPS = 50;

const white: Rgb = [255, 255, 255];
const nearInk: Rgb = [0x16, 0x1a, 0x1d];
const black: Rgb = [0, 0, 0];
/** The papers that text and stamps stand on, on light and dark screens. */
export const paper: Rgb = [0xf6, 0xf3, 0xec];
export const darkPaper: Rgb = [0x2a, 0x2f, 0x35];
/** How far a colour is toned down on a dark screen, where a bright surface would blind. */
const DIM = 0.25;

/** Reads a colour such as #0b6e4f. */
export function parseColor(text: string): Rgb | undefined {
	const m = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
	return m ? [parseInt(m[1] ?? "", 16), parseInt(m[2] ?? "", 16), parseInt(m[3] ?? "", 16)] : undefined;
}

export const hex = (c: Rgb) => "#" + c.map((v) => v.toString(16).padStart(2, "0")).join("");

const mix = (a: Rgb, b: Rgb, share: number): Rgb => {
	const part = (i: 0 | 1 | 2) => Math.round(a[i] * (1 - share) + b[i] * share);
	return [part(0), part(1), part(2)];
};

function luminance(c: Rgb): number {
	const linear = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
	return 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
}

/** The contrast ratio, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
	const [la, lb] = [luminance(a), luminance(b)];
	return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
}

/** Returns the first colour of text that can be read on c: of those wanted, else white or nearly black. */
const on = (c: Rgb, ...wanted: (Rgb | undefined)[]) => [...wanted, white, nearInk].find((text) => text && contrast(c, text) >= TEXT_CONTRAST) ?? black;

function readable(c: Rgb, towards: Rgb, papers: readonly Rgb[]): Rgb {
	for (let i = 0; i < STEPS; i++) {
		const m = mix(c, towards, i / STEPS);
		if (papers.every((p) => contrast(m, p) >= TEXT_CONTRAST)) {
			return m;
		}
	}
	return towards;
}

export type Scheme = "light" | "dark";

export interface BrandColors {
	brand: string;
	onBrand: string;
	accentBrand: string;
	inkBrand: string;
	tintBrand: string;
	/** The contrast of the text on the colour. */
	contrast: number;
	/** Stamps and links on paper had to be darker than the colour to be read. */
	darkened: boolean;
}

/** What was chosen for texts on the colour, empty where nothing was. */
export interface Wanted {
	text: string;
	accent: string;
}

/** Returns the colours of a page, undefined for what is no colour. web/brand.go has the same rules. */
export function brandColors(color: string, scheme: Scheme = "light", wanted: Wanted = { text: "", accent: "" }): BrandColors | undefined {
	const c = parseColor(color);
	if (!c) {
		return undefined;
	}
	const [ground, surface, towards] = scheme === "light" ? [paper, c, black] : [darkPaper, mix(c, darkPaper, DIM), white];
	const tint = mix(ground, c, TINT);
	const ink = readable(c, towards, [ground, tint]);
	const [text, accent] = [parseColor(wanted.text), parseColor(wanted.accent)];
	return { brand: hex(surface), onBrand: hex(on(surface, text)), accentBrand: hex(on(surface, accent, text)), inkBrand: hex(ink), tintBrand: hex(tint), contrast: contrast(surface, on(surface)), darkened: hex(ink) !== hex(c) };
}
