import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTell } from "../parts/notices.tsx";
import { useTexts } from "../texts.ts";

/** Returns the function that ends the session and shows the sign-in screen. */
export function useSignOut(): () => Promise<void> {
	const queries = useQueryClient();
	const router = useRouter();
	const tell = useTell();
	const { say } = useTexts();
	return useCallback(async () => {
		try {
			// The cookie is out of a script's reach, so the page that set it takes it back.
			await fetch("/staff/sign-out", { method: "POST", redirect: "manual", headers: { "Content-Type": "application/x-www-form-urlencoded" } });
			await router.navigate({ to: "/" });
			queries.clear();
			location.reload();
		} catch {
			tell({ text: say("app.sign_out_failed"), bad: true });
		}
	}, [queries, router, tell, say]);
}
