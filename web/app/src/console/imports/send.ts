import { answerOf } from "../../api/client.ts";
import { uploads } from "../api.ts";
import type { Import } from "../data/imports.ts";

/** Everything that an import is made of. */
export interface Order {
	file: File;
	mapping: string;
	programId: string;
}

/** Sends a file; a dry run reads and checks everything and writes nothing. */
export function sendImport({ file, mapping, programId }: Order, dryRun: boolean): Promise<Import> {
	const form = new FormData();
	form.set("program_id", programId);
	form.set("mapping", mapping);
	form.set("dry_run", String(dryRun));
	form.set("file", file, file.name);
	return answerOf(uploads.POST("/v1/imports", {
		body: { file: "", mapping, program_id: programId, dry_run: dryRun },
		bodySerializer: () => form,
	}));
}
