// A place on a map, as it is typed: two numbers of degrees.

import type { Schema } from "../../api/client.ts";

export type Coordinates = Schema["Coordinates"];

/** What is in the two fields. Empty ones are a place that nobody has told. */
export interface Typed {
	latitude: string;
	longitude: string;
}

const LIMITS = { latitude: 90, longitude: 180 } as const;
/** So many decimals of a degree are a metre. */
const DECIMALS = 5;
const NUMBER = /^-?\d{1,3}(\.\d+)?$/;
/** The server keeps seven decimals. */
const TOO_EXACT = /(\.\d{7})\d+$/;

/** Reads a number of degrees with a point or a comma, undefined for what is none or out of range. */
export function degrees(part: keyof Typed, text: string): string | undefined {
	const plain = text.trim().replace("\u2212", "-").replace(",", ".").replace(/^\+/, "");
	return NUMBER.test(plain) && Math.abs(Number(plain)) <= LIMITS[part] ? plain.replace(TOO_EXACT, "$1") : undefined;
}

/** Returns the place: null for two empty fields, undefined while something is missing or wrong. */
export function placeOf(typed: Typed): Coordinates | null | undefined {
	if (typed.latitude.trim() === "" && typed.longitude.trim() === "") {
		return null;
	}
	const [latitude, longitude] = [degrees("latitude", typed.latitude), degrees("longitude", typed.longitude)];
	return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

/** Writes a place into the fields. */
export function typedOf(place: Coordinates | undefined): Typed {
	return place ? { latitude: place.latitude, longitude: place.longitude } : { latitude: "", longitude: "" };
}

/** A place that a device told, as exact as a branch is large. */
export function rounded({ latitude, longitude }: Record<keyof Typed, number>): Typed {
	const text = (n: number) => String(Number(n.toFixed(DECIMALS)));
	return { latitude: text(latitude), longitude: text(longitude) };
}

/** Reads both numbers from a text such as maps copy it: "60.16988, 24.93841". */
export function pasted(text: string): Typed | undefined {
	const [latitude, longitude, more] = text.trim().split(/\s*[,;]\s+|\s*;\s*|(?<=\.\d+)\s*,\s*/);
	if (latitude === undefined || longitude === undefined || more !== undefined) {
		return undefined;
	}
	return degrees("latitude", latitude) === undefined || degrees("longitude", longitude) === undefined ? undefined : { latitude, longitude };
}
