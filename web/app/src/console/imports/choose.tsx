import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { words } from "../../locale/locale.ts";
import { programsQuery } from "../data/programs.ts";
import { bytes } from "../format.ts";
import { Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { decode, headOf, HEAD_BYTES, type Head } from "./head.ts";

/** The server takes no more. */
const MAX_BYTES = 64 << 20;

export interface Chosen {
	file: File;
	programId: string;
	/** What is in a CSV file; undefined for others, whose mapping is written by hand. */
	head: Head | undefined;
}

/** Asks for a file; before is what was chosen by somebody who came back. */
export function Choose({ before, next }: { before: Chosen | undefined; next: (chosen: Chosen) => void }) {
	const { say } = useTexts();
	const programs = useQuery(programsQuery).data ?? [];
	const [programId, setProgram] = useState(before?.programId ?? programs.find((p) => p.status === "active")?.id ?? programs[0]?.id ?? "");
	const [file, setFile] = useState(before?.file);
	const [checked, setChecked] = useState(false);
	const tooLarge = file !== undefined && file.size > MAX_BYTES;
	const submit = async (e: SyntheticEvent) => {
		e.preventDefault();
		setChecked(true);
		if (file && !tooLarge) {
			const csv = /\.(csv|tsv|txt)$/i.test(file.name);
			next({ file, programId, head: csv ? headOf(decode(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()))) : undefined });
		}
	};
	const wrong = tooLarge ? say("imports.too_large") : checked && !file ? say("imports.file_needed") : "";
	return (
		<Sheet>
			<form className="form" onSubmit={(e) => void submit(e)} noValidate>
				<NativeSelect label={say("imports.program")} description={say("imports.program_text")} value={programId} onChange={(e) => setProgram(e.currentTarget.value)}
					data={programs.map((p) => ({ value: p.id, label: words(p.name) }))} />
				<div>
					<label htmlFor="file">{say("imports.file")}</label>
					<p className="hint" id="file-hint">{say("imports.file_text")}</p>
					<input id="file" type="file" className="file" accept=".csv,.tsv,.txt,.xml,.xlsx,.xlsm" aria-describedby={wrong ? "file-wrong file-hint" : "file-hint"} aria-invalid={wrong !== ""}
						onChange={(e) => setFile(e.currentTarget.files?.[0])} />
					{file && <p className="hint">{file === before?.file && `${file.name} · `}{bytes(file.size)}</p>}
					{wrong && <p className="complaint" id="file-wrong" role="alert">{wrong}</p>}
				</div>
				<div className="row"><Button type="submit">{say("imports.next")}</Button></div>
			</form>
		</Sheet>
	);
}
