import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client.ts";
import { useMay } from "../data/me.ts";
import { staffQuery } from "../data/staff.ts";
import { useTexts } from "../texts.ts";

/** Returns what says who did something. */
export function useWho(): (actor: Schema["Actor"]) => string {
	const { say } = useTexts();
	const may = useMay();
	const people = useQuery({ ...staffQuery, enabled: may("staff:read") }).data ?? [];
	return (actor) => (actor.kind === "staff" && people.find((p) => p.id === actor.id)?.name) || say(`actor.${actor.kind}`);
}
