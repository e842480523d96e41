// The number of a plastic card from before that leads to a card: tills find the card by it.

import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api } from "../api.ts";
import { customerCardsQuery, type Card } from "../data/customers.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useTell } from "../parts/notices.tsx";
import { useTexts } from "../texts.ts";
import { readsAsOldNumber } from "./old_number.ts";

/** Shows the number, and gives and takes it. For those who may change cards. */
export function OldCard({ card, usable }: { card: Card; usable: boolean }) {
	const { say } = useTexts();
	const [asking, setAsking] = useState(false);
	const put = usePut(card);
	const number = card.old_number;
	if (!usable && !number) {
		return null;
	}
	return (
		<section className="old-card" aria-label={say("card.old_number")}>
			<h3>{say("card.old_number")}</h3>
			{number ? <p className="mono" data-old-number={number}>{number}</p> : <p className="hint">{say("card.old_none")}</p>}
			{usable && (
				<div className="row">
					<Button variant="default" onClick={() => setAsking(true)}>{say(number ? "card.old_replace" : "card.old_give")}</Button>
					{number && <Button variant="default" onClick={() => void put("", number)}>{say("card.old_remove")}</Button>}
				</div>
			)}
			{asking && <Give had={number ?? ""} put={put} close={() => setAsking(false)} />}
		</section>
	);
}

/** Returns what lets a number lead to the card, "" for none, and offers to undo it. */
function usePut(card: Card) {
	const { say, explain } = useTexts();
	const queries = useQueryClient();
	const tell = useTell();
	const send = async (number: string) => {
		await answerOf(api.PUT("/v1/cards/{card_id}/old-number", { params: { path: { card_id: card.id } }, body: { old_number: number } }));
		await queries.invalidateQueries({ queryKey: customerCardsQuery(card.customer_id).queryKey });
	};
	const failed = (error: unknown) => tell({ text: explain(error), bad: true });
	const done = (number: string, undo?: () => void) => tell({
		text: say(number ? "card.old_given" : "card.old_removed"), ...(undo && { action: { label: say("app.undo"), run: undo } }),
	});
	const back = (number: string) => void send(number).then(() => done(number), failed);
	/** The dialog shows what goes wrong while it asks for a number; what is pressed without one is told. */
	return (number: string, had: string) => {
		const sent = send(number).then(() => done(number, () => back(had)));
		return number ? sent : sent.catch(failed);
	};
}

function Give({ had, put, close }: { had: string; put: (number: string, had: string) => Promise<void>; close: () => void }) {
	const { say } = useTexts();
	const [number, setNumber] = useState("");
	const good = readsAsOldNumber(number);
	return (
		<Dialog title={say(had ? "card.old_replace" : "card.old_give")} confirm={say("card.old_save")} ready={good} run={() => put(number, had)} close={close}>
			<p>{say("card.old_text")}</p>
			<TextInput label={say("card.old_field")} description={say("card.old_field_text")} value={number} maxLength={64} autoComplete="off" spellCheck={false} required data-autofocus
				onChange={(e) => setNumber(e.currentTarget.value)} error={number.trim().length > 5 && !good && say("card.old_wrong")} />
		</Dialog>
	);
}
