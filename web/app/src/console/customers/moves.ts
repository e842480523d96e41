// Moving stamps by hand. Each attempt has one key, whatever becomes of its answer.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { answerOf } from "../../api/client.ts";
import { api, newKey } from "../api.ts";
import type { Card, Entry } from "../data/customers.ts";
import { useTell } from "../parts/notices.tsx";
import { useTexts } from "../texts.ts";

export type MovedCard = Pick<Card, "id" | "customer_id">;

/** Returns what reads a card and its history anew. */
function useRefresh() {
	const queries = useQueryClient();
	return useCallback((card: MovedCard) => Promise.all([
		queries.invalidateQueries({ queryKey: ["customers", card.customer_id, "cards"] }),
		queries.invalidateQueries({ queryKey: ["cards", card.id] }),
		queries.invalidateQueries({ queryKey: ["coupons"] }),
	]), [queries]);
}

/** Returns what takes an entry back. */
export function useReverse() {
	const refresh = useRefresh();
	return useCallback(async (card: MovedCard, entryId: string, reason: string, key: string) => {
		await answerOf(api.POST("/v1/entries/{entry_id}/reversal", {
			params: { path: { entry_id: entryId }, header: { "Idempotency-Key": key } }, body: reason ? { reason } : {},
		}));
		await refresh(card);
	}, [refresh]);
}

/** Returns what adds or takes stamps, and offers to undo it. */
export function useAdjust() {
	const refresh = useRefresh();
	const reverse = useReverse();
	const tell = useTell();
	const { say, explain } = useTexts();
	return useCallback(async (card: MovedCard, quantity: number, reason: string, key: string): Promise<Entry> => {
		const { entry } = await answerOf(api.POST("/v1/cards/{card_id}/adjustments", {
			params: { path: { card_id: card.id }, header: { "Idempotency-Key": key } }, body: { quantity, reason },
		}));
		await refresh(card);
		const undoKey = newKey();
		const undo = () => {
			reverse(card, entry.id, say("card.undo_reason"), undoKey).then(
				() => tell({ text: say("card.undone") }),
				(e: unknown) => tell({ text: explain(e), bad: true }),
			);
		};
		tell({ text: say(quantity > 0 ? "card.added" : "card.taken", { count: Math.abs(quantity) }), action: { label: say("app.undo"), run: undo } });
		return entry;
	}, [refresh, reverse, tell, say, explain]);
}
