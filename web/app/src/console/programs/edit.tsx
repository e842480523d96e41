import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { answerOf } from "../../api/client.ts";
import { words } from "../../locale/locale.ts";
import { api, ifMatch } from "../api.ts";
import { useMay, useMe } from "../data/me.ts";
import { programQuery, type Program } from "../data/programs.ts";
import { Conflict } from "../parts/conflict.tsx";
import { useEditor } from "../parts/editor.ts";
import { Form } from "../parts/form.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { useDescribe } from "./describe.ts";
import { ProgramFields } from "./fields.tsx";
import { Preview } from "./preview.tsx";
import "./programs.css";
import { Running } from "./running.tsx";
import { TryOut } from "./tryout.tsx";
import { changeOf, valuesOf, wrongIn, type ProgramValues } from "./values.ts";

export function EditProgram() {
	const { say } = useTexts();
	const { programId } = useParams({ from: "/programs/$programId" });
	const program = useQuery(programQuery(programId));
	return (
		<Room title={program.data ? words(program.data.name) : say("programs.title")} back={{ to: "/programs", label: say("programs.title") }}
			actions={<Link className="button" to="/passes/$programId" params={{ programId }}>{say("design.title")}</Link>}>
			<Answer of={program}>{(p) => <Edit key={p.id} program={p} />}</Answer>
		</Room>
	);
}

function Edit({ program }: { program: Program }) {
	const { say } = useTexts();
	const may = useMay();
	const { zone, locale } = useMe().organization;
	const queries = useQueryClient();
	const tell = useTell();
	const describe = useDescribe();
	const one = programQuery(program.id);
	const keep = (p: Program) => {
		queries.setQueryData(one.queryKey, p);
		void queries.invalidateQueries({ queryKey: ["programs"], exact: true });
	};
	const editor = useEditor<Program, ProgramValues>({
		stored: program,
		valuesOf: (p) => valuesOf(p, zone),
		send: (base, values, version) => answerOf(api.PATCH("/v1/programs/{program_id}", {
			params: { path: { program_id: program.id }, header: ifMatch(version) }, body: changeOf(base, values, zone),
		})),
		reread: () => queries.query({ ...one, staleTime: 0 }),
		saved: (p) => { keep(p); tell({ text: say("form.saved") }); },
	});
	const wrong = wrongIn(editor.values, locale);
	const valid = Object.keys(wrong).length === 0;
	return (
		<>
			<Running program={program} keep={keep} />
			<Conflict editor={editor} describe={describe} />
			<div className="columns two">
				<Sheet>
					<Form dirty={editor.dirty} saving={editor.saving} error={editor.error} save={say("form.save")}
						valid={valid} submit={editor.save} discard={editor.discard}>
						<fieldset disabled={!may("programs:write")}>
							<ProgramFields values={editor.values} set={editor.set} wrong={wrong} error={editor.error} />
						</fieldset>
					</Form>
				</Sheet>
				<Preview values={editor.values} />
			</div>
			{may("programs:write") && <TryOut values={editor.values} valid={valid} />}
		</>
	);
}
