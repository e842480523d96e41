// Buttons that take a list along as a file, with the filters that are set.

import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { saveExport, type ExportFilter, type ExportFormat, type ListName } from "../data/exports.ts";
import { useMay } from "../data/me.ts";
import { bytes } from "../format.ts";
import { useTexts } from "../texts.ts";
import { Icon } from "./icons.tsx";
import { useTell } from "./notices.tsx";

const FORMATS = { xlsx: "Excel", csv: "CSV" } as const satisfies Record<ExportFormat, string>;

export function Export({ list, filter = {} }: { list: ListName; filter?: ExportFilter }) {
	const { say, explain } = useTexts();
	const may = useMay();
	const tell = useTell();
	const [came, setCame] = useState(0);
	const save = useMutation({
		mutationFn: (format: ExportFormat) => saveExport(list, format, filter, setCame),
		onSettled: () => setCame(0),
		onSuccess: () => tell({ text: say("exports.saved") }),
		onError: (e) => tell({ text: explain(e), bad: true }),
	});
	return may("exports:read") && [<span key="came" role="status" className="hint came">{came > 0 && say("exports.came", { size: bytes(came) })}</span>, ...(Object.keys(FORMATS) as ExportFormat[]).map((format) => (
		<Button key={format} variant="default" leftSection={<Icon name="exports" />} loading={save.isPending && save.variables === format} disabled={save.isPending} onClick={() => save.mutate(format)}>
			{say("exports.as", { format: FORMATS[format] })}
		</Button>
	))];
}
