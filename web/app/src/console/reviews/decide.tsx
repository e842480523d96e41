import { Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Review } from "../data/reviews.ts";
import { moment } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { NumberField } from "../parts/number.tsx";
import { useTexts } from "../texts.ts";
import { useWhat } from "./list.tsx";
import { useDecide } from "./moves.ts";
import { refusalText } from "./refusals.ts";

const MAX_QUANTITY = 100;
const MAX_REASON = 200;

/** The stamps that a correction in place of the command would move, as far as it can be guessed. */
function usualQuantity(r: Review): number {
	switch (r.kind) {
		case "stamp":
			return r.quantity;
		case "reversal":
			return -r.quantity;
		case "redemption":
			return -(r.reward_cost ?? 0);
	}
}

export function Decide({ review, enter, close }: { review: Review; enter: boolean; close: () => void }) {
	const { say } = useTexts();
	const what = useWhat();
	const decide = useDecide();
	// What a limit stopped can only be entered by hand; a reward can be tried again.
	const [byHand, setByHand] = useState(review.kind !== "redemption" || usualQuantity(review) !== 0);
	const [quantity, setQuantity] = useState(usualQuantity(review));
	const [reason, setReason] = useState(enter ? say("reviews.reason_enter") : "");
	const good = !enter || !byHand || (Number.isInteger(quantity) && quantity !== 0 && Math.abs(quantity) <= MAX_QUANTITY);
	const run = () => {
		if (!enter) {
			return decide(review, { action: "dismiss", reason: reason.trim() });
		}
		return decide(review, byHand ? { action: "adjust", quantity, reason: reason.trim() } : { action: "enter", reason: reason.trim() });
	};
	return (
		<Dialog title={say(enter ? "reviews.enter_title" : "reviews.dismiss_title")} confirm={say(enter ? "reviews.enter" : "reviews.dismiss")} danger={!enter}
			ready={good && reason.trim() !== ""} run={run} close={close}>
			<p><strong>{what(review)}</strong> {[review.display_name, moment(review.at)].filter(Boolean).join(" · ")}<br />{say(refusalText(review.refusal), { code: review.refusal })}</p>
			{enter && (
				<Checkbox label={say("reviews.by_hand")} description={say(byHand ? "reviews.by_hand_text" : "reviews.as_recorded_text")} checked={byHand} onChange={(e) => setByHand(e.currentTarget.checked)} />
			)}
			{enter && byHand && (
				<NumberField label={say("card.adjust_quantity")} description={say("card.adjust_quantity_text")} min={-MAX_QUANTITY} max={MAX_QUANTITY} value={quantity} change={setQuantity}
					error={good ? false : say("card.adjust_wrong")} />
			)}
			<TextInput label={say("card.reason")} description={say("card.reason_text")} value={reason} maxLength={MAX_REASON} required data-autofocus onChange={(e) => setReason(e.currentTarget.value)} />
		</Dialog>
	);
}
