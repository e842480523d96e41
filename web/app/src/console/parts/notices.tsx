// What just happened, said at the edge of the screen for a moment, with a way back
// where there is one.

import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
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
	return (
		<Tell value={useMemo(() => tell, [tell])}>
			{children}
			<div className="notices" role="status" onMouseEnter={() => setHeld(true)} onMouseLeave={() => setHeld(false)} onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}>
				{notice && (
					<div className={notice.bad ? "notice bad" : "notice"} key={shown.serial}>
						<Icon name={notice.bad ? "bad" : "good"} />
						<span>{notice.text}</span>
						{notice.action && (
							<button type="button" className="plain" onClick={() => { hide(); notice.action?.run(); }}>{notice.action.label}</button>
						)}
					</div>
				)}
			</div>
		</Tell>
	);
}
