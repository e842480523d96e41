import { useInfiniteQuery } from "@tanstack/react-query";
import { currentLocale } from "../../locale/locale.ts";
import { importErrorsQuery, type ImportError } from "../data/imports.ts";
import { number } from "../format.ts";
import { Icon } from "../parts/icons.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

/** The rows that could not be used, with the reason for each. */
export function ImportErrors({ id }: { id: string }) {
	const { say } = useTexts();
	const locale = currentLocale();
	const errors = useInfiniteQuery(importErrorsQuery(id, locale));
	return (
		<Sheet title={say("imports.errors")} actions={<a className="button" href={`/v1/imports/${id}/error-file?locale=${locale}`} download><Icon name="imports" />{say("imports.error_file")}</a>}>
			<Answer of={errors}>
				{({ pages }) => (
					<>
						<Table className="unusable" caption={say("imports.errors")} rows={pages.flatMap((p) => p.data)} rowKey={(e) => `${e.row} ${e.column} ${e.reason}`} columns={[
							{ head: say("imports.error_row"), cell: (e) => <strong>{say("imports.error_row_number", { row: number(e.row) })}</strong> },
							{ head: say("imports.error_column"), cell: (e) => e.column },
							{ head: say("imports.error_value"), cell: (e) => e.value && <code>{e.value}</code> },
							{ head: say("imports.error_reason"), cell: (e) => <Reason of={e} /> },
						]} />
						<More of={errors} />
					</>
				)}
			</Answer>
		</Sheet>
	);
}

/** The server says it in the reader's language, but for rows from before it could. */
function Reason({ of }: { of: ImportError }) {
	return of.staff_message ? <>{of.staff_message}</> : <span lang="en">{of.reason}</span>;
}
