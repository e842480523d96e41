// What the programs allow at most, side by side, with the ways to change it: limits are a
// program's own, and whoever looks for them here must find them.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schema } from "../../api/client.ts";
import { words } from "../../locale/locale.ts";
import { useMay } from "../data/me.ts";
import { programsQuery } from "../data/programs.ts";
import { Answer } from "../parts/listing.tsx";
import { Facts, Sheet } from "../parts/page.tsx";
import { LIMITS } from "../programs/values.ts";
import { useTexts } from "../texts.ts";
import { measure } from "./limit_words.ts";

export function ProgramLimits() {
	const { say } = useTexts();
	const may = useMay();
	const programs = useQuery({ ...programsQuery, enabled: may("programs:read") });
	if (!may("programs:read")) {
		return null;
	}
	return (
		<Sheet title={say("programs.limits")}>
			<p className="hint">{say("programs.limits_text")}</p>
			<Answer of={programs}>{(list) => list.map((p) => <OfProgram key={p.id} program={p} />)}</Answer>
		</Sheet>
	);
}

function OfProgram({ program }: { program: Schema["Program"] }) {
	const { say } = useTexts();
	const set = LIMITS.filter((l) => program.limits[l] > 0);
	return (
		<>
			<p><Link className="button" to="/programs/$programId" params={{ programId: program.id }}>{words(program.name)}</Link></p>
			{set.length === 0 ? <p>{say("programs.no_limit")}</p> : <Facts facts={set.map((l) => [say(`programs.${l}`), measure(l, program.limits[l])])} />}
		</>
	);
}
