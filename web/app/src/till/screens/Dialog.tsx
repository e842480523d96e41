import { type ReactNode, useEffect, useId, useRef } from "react";
import { giveBack } from "../../focus/kept.ts";

interface DialogProps {
	title: string;
	onClose: () => void;
	children: ReactNode;
	className?: string;
}

/** The browser's own dialog: it holds the focus and gives it back, and Escape closes it. */
export function Dialog({ title, onClose, children, className }: DialogProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	const id = useId();
	useEffect(() => {
		const shown = dialog.current;
		shown?.showModal();
		return () => {
			shown?.close();
			giveBack();
		};
	}, []);
	return (
		<dialog ref={dialog} aria-labelledby={id} className={className} onCancel={(e) => {
			e.preventDefault();
			onClose();
		}}>
			<h2 id={id}>{title}</h2>
			{children}
		</dialog>
	);
}
