// One card: what is on it, and what can be done to it by hand.

import { Button, Progress } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { words } from "../../locale/locale.ts";
import { api } from "../api.ts";
import type { Card } from "../data/customers.ts";
import { useMay } from "../data/me.ts";
import { programsQuery } from "../data/programs.ts";
import { day, moment, number, spaced } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icons.tsx";
import { useTell } from "../parts/notices.tsx";
import { Facts, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { Adjust } from "./adjust.tsx";
import { OldCard } from "./old_card.tsx";
import { Reissue, Reissued, type Secrets } from "./reissue.tsx";

const kinds = { active: "good", provisional: "warn", revoked: "bad", merged: "plain" } as const;

const usable = (card: Card) => card.status === "active" || card.status === "provisional";

export function CardPanel({ card }: { card: Card }) {
	const { say } = useTexts();
	const may = useMay();
	const program = useQuery(programsQuery).data?.find((p) => p.id === card.program_id);
	const filled = Math.min(Math.max(card.balance, 0), card.goal);
	return (
		<Sheet title={words(program?.name)} actions={<Badge kind={kinds[card.status]}>{say(`card.status_${card.status}`)}</Badge>}>
			<p className="balance" data-balance={card.balance}><strong>{say("preview.progress", { balance: card.balance, count: card.goal })}</strong></p>
			<Progress value={(100 * filled) / card.goal} aria-label={say("preview.progress", { balance: card.balance, count: card.goal })} size="lg" radius="xl" />
			{card.balance < 0 && <p className="complaint">{say("card.owes", { count: -card.balance })}</p>}
			<Facts facts={[
				[say("customers.number"), spaced(card.number)], [say("card.filled"), number(card.cards_filled)], [say("card.lifetime"), number(card.lifetime_stamps)],
				[say("card.joined"), day(card.joined_at)], [say("card.last_stamp"), card.last_stamp_at && moment(card.last_stamp_at)],
			]} />
			<Actions card={card} />
			{may("cards:write") && <OldCard card={card} usable={usable(card)} />}
		</Sheet>
	);
}

function Actions({ card }: { card: Card }) {
	const { say } = useTexts();
	const may = useMay();
	const queries = useQueryClient();
	const tell = useTell();
	const [open, setOpen] = useState<"adjust" | "reissue" | "revoke">();
	const [fresh, setFresh] = useState<Secrets>();
	const revoke = async () => {
		await answerOf(api.POST("/v1/cards/{card_id}/revocation", { params: { path: { card_id: card.id } } }));
		await queries.invalidateQueries({ queryKey: ["customers", card.customer_id] });
		tell({ text: say("card.revoked") });
	};
	if (!usable(card)) {
		return null;
	}
	return (
		<div className="row card-actions">
			{may("entries:adjust") && <Button onClick={() => setOpen("adjust")}>{say("card.adjust")}</Button>}
			{card.link && <a className="button" href={card.link} target="_blank" rel="noreferrer">{say("card.page")}<Icon name="open" /></a>}
			{may("cards:write") && <Button variant="default" onClick={() => setOpen("reissue")}>{say("reissue.open")}</Button>}
			{may("cards:write") && <Button variant="default" onClick={() => setOpen("revoke")}>{say("card.revoke")}</Button>}
			{open === "adjust" && <Adjust card={card} close={() => setOpen(undefined)} />}
			{open === "reissue" && <Reissue card={card} done={setFresh} close={() => setOpen(undefined)} />}
			{fresh && open === undefined && <Reissued secrets={fresh} close={() => setFresh(undefined)} />}
			{open === "revoke" && (
				<Dialog title={say("card.revoke_title")} confirm={say("card.revoke")} danger run={revoke} close={() => setOpen(undefined)}>
					<p>{say("card.revoke_text", { name: card.display_name })}</p>
				</Dialog>
			)}
		</div>
	);
}
