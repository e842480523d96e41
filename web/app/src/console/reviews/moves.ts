// Deciding. Whatever is decided is entered under the key of what the till recorded, so
// that sending a decision twice enters it once.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { answerOf, type Schema } from "../../api/client.ts";
import { api } from "../api.ts";
import type { Review } from "../data/reviews.ts";
import { useTell } from "../parts/notices.tsx";
import { useTexts } from "../texts.ts";

type Decision = Schema["ReviewDecision"];

function useDecision() {
	const queries = useQueryClient();
	return useCallback(async (review: Review, decision: Decision): Promise<Review> => {
		const now = await answerOf(api.POST("/v1/reviews/{review_id}/decision", { params: { path: { review_id: review.id } }, body: decision }));
		await Promise.all([
			queries.invalidateQueries({ queryKey: ["reviews"] }),
			review.customer_id && queries.invalidateQueries({ queryKey: ["customers", review.customer_id, "cards"] }),
			review.card_id && queries.invalidateQueries({ queryKey: ["cards", review.card_id] }),
		]);
		return now;
	}, [queries]);
}

/** Returns what opens a dismissed review again. */
export function useReopen(): (review: Review) => void {
	const decision = useDecision();
	const tell = useTell();
	const { say, explain } = useTexts();
	return useCallback((review: Review) => {
		decision(review, { action: "reopen", reason: say("reviews.reopen") }).then(
			() => tell({ text: say("reviews.reopened") }),
			(e: unknown) => tell({ text: explain(e), bad: true }),
		);
	}, [decision, tell, say, explain]);
}

/** Returns what decides a review and says so; a dismissal can be taken back. */
export function useDecide() {
	const decision = useDecision();
	const reopen = useReopen();
	const tell = useTell();
	const { say } = useTexts();
	return useCallback(async (review: Review, wanted: Decision) => {
		const now = await decision(review, wanted);
		if (now.status === "dismissed") {
			tell({ text: say("reviews.dismissed"), action: { label: say("app.undo"), run: () => reopen(now) } });
		} else {
			tell({ text: say("reviews.entered") });
		}
	}, [decision, reopen, tell, say]);
}
