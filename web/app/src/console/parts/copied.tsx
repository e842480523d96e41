import { Button } from "@mantine/core";
import { useState } from "react";
import { useTexts } from "../texts.ts";
import { Icon } from "./icons.tsx";

/** Copies a text. Where the browser has no clipboard, on a page over plain http, it says so. */
export function Copied({ text, label }: { text: string; /** What the button says if not just "copy". */ label?: string }) {
	const { say } = useTexts();
	const [state, setState] = useState<"idle" | "done" | "failed">("idle");
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(text);
			setState("done");
		} catch {
			setState("failed");
		}
	};
	return (
		<>
			<Button onClick={() => void copy()}><Icon name={state === "done" ? "good" : "copy"} />{state === "done" ? say("app.copied") : label ?? say("app.copy")}</Button>
			<span role="status">{state === "failed" && say("app.copy_failed")}</span>
		</>
	);
}
