import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { answerOf } from "../../api/client.ts";
import { words } from "../../locale/locale.ts";
import { api, ifMatch } from "../api.ts";
import { designQuery, readDesign, type PassDesign } from "../data/designs.ts";
import { useMay } from "../data/me.ts";
import { organizationQuery } from "../data/organization.ts";
import { programQuery, type Program } from "../data/programs.ts";
import { Conflict } from "../parts/conflict.tsx";
import { useEditor, type Editor } from "../parts/editor.ts";
import { Form } from "../parts/form.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Problem } from "../parts/problem.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { settingOf, valuesOf, wrongColors, type DesignValues } from "./design.ts";
import { DesignFields } from "./design_fields.tsx";
import { DesignPreview } from "./design_preview.tsx";
import "./design.css";

/** The first design has no other before it. */
const FIRST = 1;

export function Designer() {
	const { say } = useTexts();
	const { programId } = useParams({ from: "/passes/$programId" });
	const program = useQuery(programQuery(programId));
	const design = useQuery(designQuery(programId));
	return (
		<Room title={say("design.title")} {...(program.data && { intro: words(program.data.name) })} back={{ to: "/passes", label: say("passes.title") }}>
			<Answer of={program}>{(p) => <Answer of={design}>{(d) => <Edit key={p.id} program={p} design={d} />}</Answer>}</Answer>
		</Room>
	);
}

function Edit({ program, design }: { program: Program; design: PassDesign }) {
	const { say } = useTexts();
	const may = useMay();
	const queries = useQueryClient();
	const tell = useTell();
	const organization = useQuery(organizationQuery);
	const one = designQuery(program.id);
	const editor = useEditor<PassDesign, DesignValues>({
		stored: design, valuesOf,
		send: (_, values, version) => answerOf(api.PUT("/v1/programs/{program_id}/pass-design", {
			params: { path: { program_id: program.id }, header: ifMatch(version) }, body: settingOf(values),
		})),
		reread: () => queries.query({ ...one, staleTime: 0 }),
		saved: (d) => { queries.setQueryData(one.queryKey, d); tell({ text: say("design.saved") }); },
	});
	const describe = (m: keyof DesignValues, v: DesignValues): readonly [string, string] => [say(`design.${m}`), typeof v[m] === "object" ? Object.values(v[m]).join(" ") : String(v[m])];
	return (
		<>
			<Conflict editor={editor} describe={describe} />
			<Answer of={organization}>
				{(o) => (
					<div className="columns two designer">
						<Sheet title={say("design.looks")} actions={may("programs:write") && design.version > FIRST && <Undo program={program.id} version={design.version} editor={editor} />}>
							<Form dirty={editor.dirty} saving={editor.saving} error={editor.error} save={say("form.save")}
								valid={wrongColors(editor.values).length === 0} submit={editor.save} discard={editor.discard}>
								<fieldset disabled={!may("programs:write")}>
									<DesignFields values={editor.values} set={editor.set} brand={o.brand} error={editor.error} />
								</fieldset>
							</Form>
						</Sheet>
						<DesignPreview program={program} organization={o} values={editor.values} />
					</div>
				)}
			</Answer>
		</>
	);
}

/** Fills the form with the design before the one that is kept: it is looked at, then saved. */
function Undo({ program, version, editor }: { program: string; version: number; editor: Editor<DesignValues> }) {
	const { say } = useTexts();
	const tell = useTell();
	const reading = useMutation({
		mutationFn: () => readDesign(program, version - 1),
		onSuccess: (before) => { editor.set(valuesOf(before)); tell({ text: say("design.undone") }); },
	});
	return (
		<>
			<Button variant="default" loading={reading.isPending} onClick={() => reading.mutate()}>{say("design.undo")}</Button>
			{reading.isError && <Problem error={reading.error} />}
		</>
	);
}
