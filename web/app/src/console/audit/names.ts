// What branches, people, programs and tills are called. They are few, and most rooms of the
// console know them already.

import { useQuery } from "@tanstack/react-query";
import { words } from "../../locale/locale.ts";
import { locationsQuery } from "../data/locations.ts";
import { useMay } from "../data/me.ts";
import { programsQuery } from "../data/programs.ts";
import { staffQuery } from "../data/staff.ts";
import { tillsQuery } from "../data/tills.ts";
import type { NameOf } from "./value.ts";

/** Returns what tells the names of those that whoever is signed in may see. */
export function useNames(): NameOf {
	const may = useMay();
	const locations = useQuery({ ...locationsQuery, enabled: may("locations:read") }).data ?? [];
	const people = useQuery({ ...staffQuery, enabled: may("staff:read") }).data ?? [];
	const programs = useQuery({ ...programsQuery, enabled: may("programs:read") }).data ?? [];
	const tills = useQuery({ ...tillsQuery, enabled: may("tills:read") }).data ?? [];
	const names = new Map([...locations, ...people, ...tills, ...programs.map((p) => ({ id: p.id, name: words(p.name) }))].map(({ id, name }) => [id, name]));
	return (id) => names.get(id);
}
