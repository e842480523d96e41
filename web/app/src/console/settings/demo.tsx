// The made-up customers of a demo, and their way out.

import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api } from "../api.ts";
import { useMe } from "../data/me.ts";
import { demoDataQuery } from "../data/organization.ts";
import { number } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useTell } from "../parts/notices.tsx";
import { Facts, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";

/** Removes what is made up, after its name was typed. In a real organization there is nothing to see. */
export function DemoData() {
	const { say } = useTexts();
	const { organization } = useMe();
	const queries = useQueryClient();
	const tell = useTell();
	const made = useQuery(demoDataQuery).data;
	const [asking, setAsking] = useState(false);
	const [typed, setTyped] = useState("");
	if (!made?.demo) {
		return null;
	}
	const run = async () => {
		await answerOf(api.POST("/v1/organization/demo-data-removal", { body: { confirm: typed.trim() } }));
		// Nearly all that is remembered is of them.
		await queries.invalidateQueries();
		tell({ text: say("demo.removed") });
	};
	const close = () => {
		setAsking(false);
		setTyped("");
	};
	return (
		<Sheet title={say("demo.title")}>
			<p>{say("demo.text")}</p>
			<Facts facts={[[say("demo.customers"), number(made.customers)], [say("demo.cards"), number(made.cards)], [say("demo.entries"), number(made.entries)]]} />
			<div className="row"><Button variant="default" onClick={() => setAsking(true)}>{say("demo.remove")}</Button></div>
			{asking && (
				<Dialog title={say("demo.remove_title")} confirm={say("demo.remove")} danger ready={typed.trim() === organization.slug} run={run} close={close}>
					<p>{say("demo.remove_text")}</p>
					<TextInput data-autofocus label={say("demo.confirm", { slug: organization.slug })} value={typed} autoComplete="off" autoCapitalize="off" spellCheck={false}
						onChange={(e) => setTyped(e.currentTarget.value)} />
				</Dialog>
			)}
		</Sheet>
	);
}
