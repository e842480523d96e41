// What just happened, said at the edge of the screen for a moment, with a way back
// where there is one.

import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { apple } from "./apple.ts";
import { Icon } from "./icons.tsx";

export interface Notice {
	text: string;
	bad?: boolean;
	/** Something to press, such as "Undo". */
	action?: { label: string; run: () => void };
}

/** How long a notice stays; one that can be undone stays longer. */
const SHOWN_MS = 5_000;
const UNDO_MS = 10_000;

const Tell = createContext<(notice: Notice) => void>(() => undefined);

/** Returns the function that shows a notice in place of the one before. */
export const useTell = () => use(Tell);

export function Notices({ children }: { children: ReactNode }) {
	const [shown, setShown] = useState<{ notice: Notice; serial: number }>();
	const [held, setHeld] = useState(false);
	/** What had the focus before the notice's button. */
	const before = useRef<HTMLElement>(null);
	const tell = useCallback((notice: Notice) => setShown((last) => ({ notice, serial: (last?.serial ?? 0) + 1 })), []);
	const hide = () => setShown(undefined);
	useEffect(() => {
		if (!shown || held) {
			return;
		}
		const timer = setTimeout(hide, shown.notice.action ? UNDO_MS : SHOWN_MS);
		return () => clearTimeout(timer);
	}, [shown, held]);
	const notice = shown?.notice;
	const action = notice?.action;
	const act = useCallback(() => { hide(); action?.run(); }, [action]);
	useEffect(() => {
		if (!action) {
			return;
		}
		const undoes = (e: KeyboardEvent) => {
			const typing = e.target instanceof Element && e.target.matches("input:not([type=checkbox]), textarea");
			if ((e.ctrlKey || e.metaKey) && !e.shiftKey && e.key.toLowerCase() === "z" && !typing) {
				e.preventDefault();
				act();
			}
		};
		addEventListener("keydown", undoes);
		return () => removeEventListener("keydown", undoes);
	}, [action, act]);
	return (
		<Tell value={useMemo(() => tell, [tell])}>
			{children}
			<div className="notices" role="status" onMouseEnter={() => setHeld(true)} onMouseLeave={() => setHeld(false)}
				onFocus={(e) => { setHeld(true); before.current = e.relatedTarget instanceof HTMLElement ? e.relatedTarget : null; }} onBlur={() => setHeld(false)}>
				{notice && (
					<div className={notice.bad ? "notice bad" : "notice"} key={shown.serial}>
						<Icon name={notice.bad ? "bad" : "good"} />
						<span>{notice.text}</span>
						{action && (
							<button type="button" className="plain" aria-keyshortcuts="Control+Z Meta+Z" onClick={() => { act(); before.current?.focus({ preventScroll: true }); }}>
								{action.label}<kbd aria-hidden="true">{apple ? "⌘ Z" : "Ctrl Z"}</kbd>
							</button>
						)}
					</div>
				)}
			</div>
		</Tell>
	);
}
