// Nobody loses what they typed by pressing the wrong link.

import { Button } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useTexts } from "../texts.ts";
import { Modal } from "./modal.tsx";

/** Asks before the room is left while there is something to lose. Save, then navigate with ignoreBlocker. */
export function Guard({ when }: { when: boolean }) {
	const { say } = useTexts();
	const blocker = useBlocker({
		shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
		enableBeforeUnload: () => when,
		withResolver: true,
	});
	if (blocker.status !== "blocked") {
		return null;
	}
	return (
		<Modal close={blocker.reset} title={say("form.unsaved_title")}>
			<p>{say("form.unsaved_text")}</p>
			<div className="dialog-buttons">
				<Button variant="default" onClick={blocker.proceed}>{say("form.leave")}</Button>
				<Button onClick={blocker.reset} data-autofocus>{say("form.stay")}</Button>
			</div>
		</Modal>
	);
}
