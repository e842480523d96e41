// Blocking, merging and parting customers, with a way back where there is one.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { answerOf } from "../../api/client.ts";
import { api, newKey } from "../api.ts";
import { useTell } from "../parts/notices.tsx";
import { useTexts } from "../texts.ts";

/** Returns what reads all customers and cards anew: two customers changed, and their cards. */
function useRefresh() {
	const queries = useQueryClient();
	return useCallback(() => Promise.all([
		queries.invalidateQueries({ queryKey: ["customers"] }),
		queries.invalidateQueries({ queryKey: ["cards"] }),
	]), [queries]);
}

const path = (customerId: string) => ({ params: { path: { customer_id: customerId } } });

/** Returns what blocks a customer for a reason, and what lifts the block. Each offers to undo it. */
export function useBlock() {
	const refresh = useRefresh();
	const tell = useTell();
	const { say, explain } = useTexts();
	const failed = useCallback((e: unknown) => tell({ text: explain(e), bad: true }), [tell, explain]);
	const block = useCallback(async (customerId: string, reason: string) => {
		await answerOf(api.POST("/v1/customers/{customer_id}/block", { ...path(customerId), body: { reason } }));
		await refresh();
	}, [refresh]);
	const unblock = useCallback(async (customerId: string) => {
		await answerOf(api.DELETE("/v1/customers/{customer_id}/block", path(customerId)));
		await refresh();
	}, [refresh]);
	return {
		block: useCallback(async (customerId: string, reason: string) => {
			await block(customerId, reason);
			const undo = () => void unblock(customerId).then(() => tell({ text: say("block.lifted_now") }), failed);
			tell({ text: say("block.done"), action: { label: say("app.undo"), run: undo } });
		}, [block, unblock, tell, say, failed]),
		unblock: useCallback(async (customerId: string, reason: string) => {
			await unblock(customerId);
			const undo = () => void block(customerId, reason).then(() => tell({ text: say("block.done") }), failed);
			tell({ text: say("block.lifted_now"), ...(reason && { action: { label: say("app.undo"), run: undo } }) });
		}, [block, unblock, tell, say, failed]),
	};
}

/** Returns what merges one customer into another, and what takes a merge back. */
export function useMerge() {
	const refresh = useRefresh();
	const tell = useTell();
	const { say, explain } = useTexts();
	const undo = useCallback(async (mergeId: string, key: string) => {
		await answerOf(api.POST("/v1/merges/{merge_id}/undo", { params: { path: { merge_id: mergeId }, header: { "Idempotency-Key": key } } }));
		await refresh();
		tell({ text: say("merge.undone_now") });
	}, [refresh, tell, say]);
	const merge = useCallback(async (kept: string, other: string, key: string) => {
		const { id } = await answerOf(api.POST("/v1/customers/{customer_id}/merge", {
			params: { path: { customer_id: kept }, header: { "Idempotency-Key": key } }, body: { other_customer_id: other },
		}));
		await refresh();
		const undoKey = newKey();
		tell({
			text: say("merge.done"),
			action: { label: say("app.undo"), run: () => void undo(id, undoKey).catch((e: unknown) => tell({ text: explain(e), bad: true })) },
		});
	}, [refresh, tell, say, explain, undo]);
	return { merge, undo };
}
