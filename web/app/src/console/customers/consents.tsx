import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answerOf } from "../../api/client.ts";
import { words } from "../../locale/locale.ts";
import { api } from "../api.ts";
import { consentsQuery, type ConsentState } from "../data/customers.ts";
import { useMay } from "../data/me.ts";
import { day } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";

/** What a customer agreed to. What they say at the counter is recorded here, with a way back. */
export function Consents({ customerId }: { customerId: string }) {
	const { say } = useTexts();
	const consents = useQuery(consentsQuery(customerId));
	return (
		<Sheet title={say("consents.title")}>
			<Answer of={consents}>
				{(list) => list.length === 0 ? <p className="hint">{say("consents.none")}</p> : <ul className="consents">{list.map((c) => <Consent key={c.text_id} consent={c} customerId={customerId} />)}</ul>}
			</Answer>
		</Sheet>
	);
}

function Consent({ consent, customerId }: { consent: ConsentState; customerId: string }) {
	const { say, explain } = useTexts();
	const may = useMay();
	const queries = useQueryClient();
	const tell = useTell();
	const recording = useMutation({
		mutationFn: ({ granted }: { granted: boolean; undone?: boolean }) => answerOf(api.POST("/v1/customers/{customer_id}/consents", {
			params: { path: { customer_id: customerId } }, body: { decisions: [{ text_id: consent.text_id, granted }] },
		})),
		onSuccess: async (_, { granted, undone }) => {
			await queries.invalidateQueries({ queryKey: consentsQuery(customerId).queryKey });
			tell({
				text: say(granted ? "consents.granted_now" : "consents.withdrawn_now"),
				...(!undone && { action: { label: say("app.undo"), run: () => recording.mutate({ granted: !granted, undone: true }) } }),
			});
		},
		onError: (e) => tell({ text: explain(e), bad: true }),
	});
	const state = consent.at === undefined ? say("consents.never") : say(consent.granted ? "consents.granted" : "consents.refused", { day: day(consent.at) });
	return (
		<li>
			<p className="words">{words(consent.text)}</p>
			<div className="row">
				<Badge kind={consent.granted ? "good" : "plain"}>{state}</Badge>
				{may("customers:write") && <Button variant="default" loading={recording.isPending} onClick={() => recording.mutate({ granted: !consent.granted })}>{say(consent.granted ? "consents.withdraw" : "consents.grant")}</Button>}
			</div>
		</li>
	);
}
