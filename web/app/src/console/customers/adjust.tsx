import { TextInput } from "@mantine/core";
import { useState } from "react";
import { newKey } from "../api.ts";
import type { Card } from "../data/customers.ts";
import { Dialog } from "../parts/dialog.tsx";
import { NumberField } from "../parts/number.tsx";
import { useTexts } from "../texts.ts";
import { useAdjust } from "./moves.ts";

const MAX_QUANTITY = 100;
const MAX_REASON = 200;

/** Asks how many stamps to add or take, and why. */
export function Adjust({ card, close }: { card: Card; close: () => void }) {
	const { say } = useTexts();
	const adjust = useAdjust();
	const [key] = useState(newKey);
	const [quantity, setQuantity] = useState(1);
	const [reason, setReason] = useState("");
	const good = Number.isInteger(quantity) && quantity !== 0 && Math.abs(quantity) <= MAX_QUANTITY;
	const after = card.balance + (good ? quantity : 0);
	return (
		<Dialog title={say("card.adjust_title")} confirm={say("card.adjust")} ready={good && reason.trim() !== "" && after >= 0} close={close}
			run={() => adjust(card, quantity, reason.trim(), key)}>
			<NumberField label={say("card.adjust_quantity")} description={say("card.adjust_quantity_text")} min={-MAX_QUANTITY} max={MAX_QUANTITY} value={quantity} change={setQuantity} data-autofocus
				error={(good ? after < 0 && say("card.adjust_too_few") : say("card.adjust_wrong"))} />
			<TextInput label={say("card.reason")} description={say("card.reason_text")} value={reason} maxLength={MAX_REASON} required onChange={(e) => setReason(e.currentTarget.value)} />
			<p role="status">{say("card.adjust_after", { before: card.balance, after })}</p>
		</Dialog>
	);
}
