import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "../data/me.ts";
import { programsQuery } from "../data/programs.ts";
import { useTexts } from "../texts.ts";

/** What leads on from an empty room: to the first program while there is none, and then what the room itself has. */
export function FirstStep({ children }: { children: ReactNode }) {
	const { say } = useTexts();
	const may = useMay();
	const programs = useQuery(programsQuery).data;
	return programs?.length === 0 && may("programs:write")
		? <Link className="button main" to="/programs/new">{say("programs.add")}</Link>
		: children;
}
