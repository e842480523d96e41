// A new code and link for a card whose phone was lost.

import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";
import type { Card } from "../data/customers.ts";
import { Copied } from "../parts/copied.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Modal } from "../parts/modal.tsx";
import { QR } from "../parts/qr.tsx";
import { useTexts } from "../texts.ts";

export type Secrets = Schema["CardSecrets"];

/** Asks whether the old code and link shall die. */
export function Reissue({ card, done, close }: { card: Card; done: (fresh: Secrets) => void; close: () => void }) {
	const { say } = useTexts();
	const queries = useQueryClient();
	const run = async () => {
		done(await answerOf(api.POST("/v1/cards/{card_id}/reissue", { params: { path: { card_id: card.id } } })));
		await queries.invalidateQueries({ queryKey: ["customers", card.customer_id, "cards"] });
	};
	return (
		<Dialog title={say("reissue.title", { name: card.display_name })} confirm={say("reissue.do")} danger run={run} close={close}>
			<p>{say("reissue.text")}</p>
		</Dialog>
	);
}

/** Shows the new link, for the customer's phone to scan or to be sent. */
export function Reissued({ secrets, close }: { secrets: Secrets; close: () => void }) {
	const { say } = useTexts();
	return (
		<Modal title={say("reissue.done")} close={close}>
			<div className="dialog reissued">
				<p>{say("reissue.done_text")}</p>
				<QR text={secrets.link} label={say("reissue.qr")} />
				<p className="mono" data-link={secrets.link}>{secrets.link}</p>
				<div className="dialog-buttons">
					<Copied text={secrets.link} />
					<Button onClick={close}>{say("app.close")}</Button>
				</div>
			</div>
		</Modal>
	);
}
