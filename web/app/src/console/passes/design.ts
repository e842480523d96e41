// The design of passes as its form holds it, and what comes of it where nothing was
// chosen. pass/design.go does the same for the passes themselves.

import type { Schema } from "../../api/client.ts";
import { contrast, hex, parseColor, type Rgb } from "../brand/colors.ts";
import type { PassDesign, PassDesignSetting } from "../data/designs.ts";

export const COLORS = ["background", "foreground", "label", "ink"] as const;
export type ColorName = (typeof COLORS)[number];
export const ICONS = ["tick", "star", "heart", "cross", "leaf", "drop", "cup", "paw", "smile", "gift"] as const satisfies readonly Schema["PassIcon"][];
export const BARCODES = ["qr", "aztec", "pdf417", "code128"] as const satisfies readonly Schema["PassBarcode"][];
export const FIELDS = ["next", "rewards", "holder", "number"] as const satisfies readonly Schema["PassField"][];
export type Field = (typeof FIELDS)[number];
export const ARTWORKS = ["stamp", "empty", "backdrop"] as const;
export type ArtworkName = (typeof ARTWORKS)[number];
export const MAX_ROWS = 6;

export interface DesignValues {
	/** Empty ones are the brand's. */
	colors: Record<ColorName, string>;
	icon: Schema["PassIcon"];
	rows: number;
	barcode: Schema["PassBarcode"];
	front: readonly Field[];
	/** Tags, empty for none. */
	artwork: Record<ArtworkName, string>;
}

export function valuesOf(d: PassDesign): DesignValues {
	const { colors, artwork } = d;
	return {
		colors: { background: colors.background ?? "", foreground: colors.foreground ?? "", label: colors.label ?? "", ink: colors.ink ?? "" },
		icon: d.icon, rows: d.rows, barcode: d.barcode, front: d.front,
		artwork: { stamp: artwork.stamp ?? "", empty: artwork.empty ?? "", backdrop: artwork.backdrop ?? "" },
	};
}

/** Returns what is sent. A colour that is none yet is left out, so that the preview goes on. */
export function settingOf(v: DesignValues): PassDesignSetting {
	const given = <K extends string>(of: Record<K, string>, usable: (text: string) => boolean) =>
		Object.fromEntries(Object.entries<string>(of).map(([k, text]) => [k, text.trim().toLowerCase()] as const).filter(([, text]) => text !== "" && usable(text))) as { [P in K]?: string };
	return {
		colors: given(v.colors, (text) => parseColor(text) !== undefined), icon: v.icon, rows: v.rows, barcode: v.barcode, front: [...v.front],
		artwork: given(v.artwork, () => true),
	};
}

/** The colours that are typed and are none. */
export const wrongColors = (v: DesignValues) => COLORS.filter((c) => v.colors[c].trim() !== "" && !parseColor(v.colors[c]));

type Brand = Pick<Schema["Brand"], "color" | "text_color" | "accent_color">;

const white: Rgb = [255, 255, 255];
const nearBlack: Rgb = [0x10, 0x10, 0x10];

/** Returns the colours that a pass has. */
export function passColors(v: DesignValues, brand: Brand): Record<ColorName, string> {
	const chosen = (c: ColorName) => { const rgb = parseColor(v.colors[c]); return rgb && hex(rgb); };
	const background = chosen("background") ?? brand.color;
	const ground = parseColor(background) ?? nearBlack;
	// The brand's own colours were chosen to stand on its main colour.
	const own = background === brand.color ? brand : { text_color: undefined, accent_color: undefined };
	const read = hex(contrast(ground, white) >= contrast(ground, [0, 0, 0]) ? white : nearBlack);
	const foreground = chosen("foreground") ?? own.text_color ?? read;
	return { background, foreground, label: chosen("label") ?? own.accent_color ?? foreground, ink: chosen("ink") ?? foreground };
}

/** What WCAG 2.2 asks of text (1.4.3) and of drawings (1.4.11). */
const NEEDED: Record<Exclude<ColorName, "background">, number> = { foreground: 4.5, label: 4.5, ink: 3 };

/** Returns the contrast of a colour on the background, and whether it is enough. */
export function readability(colors: Record<ColorName, string>, name: Exclude<ColorName, "background">): { ratio: number; enough: boolean } {
	const [on, of] = [parseColor(colors.background) ?? nearBlack, parseColor(colors[name]) ?? white];
	const ratio = contrast(on, of);
	return { ratio, enough: ratio >= NEEDED[name] };
}

/** Puts a field into a place in front, or nothing. One that stands elsewhere changes places with it. */
export function placed(front: readonly Field[], place: number, field: Field | ""): Field[] {
	if (field === "") {
		return front.filter((_, i) => i !== place);
	}
	const there = front[place];
	const next = front.map((f) => (f === field && there ? there : f));
	if (there) {
		next[place] = field;
		return next;
	}
	return [...front.filter((f) => f !== field), field];
}
