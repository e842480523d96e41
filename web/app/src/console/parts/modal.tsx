import { Modal as Mantine } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { giveBack } from "../../focus/kept.ts";
import { useTexts } from "../texts.ts";

interface ModalProps {
	title: string;
	close: () => void;
	/** The title is for screen readers only, and there is no button to close. */
	bare?: boolean;
	/** Wide enough for things side by side, where the screen is. */
	wide?: boolean;
	children: ReactNode;
}

/** A dialog. Its head is no banner, which is what <header> would be outside of <main>. */
export function Modal({ title, close, bare, wide, children }: ModalProps) {
	const { say } = useTexts();
	// It is closed by not being there any more, of which Mantine does not hear.
	useEffect(() => giveBack, []);
	return (
		<Mantine.Root opened onClose={close} centered={!bare} {...(wide && { size: "58rem" })}>
			<Mantine.Overlay />
			<Mantine.Content {...(bare && { "aria-label": title })}>
				{!bare && (
					<Mantine.Header role="presentation">
						<Mantine.Title>{title}</Mantine.Title>
						<Mantine.CloseButton aria-label={say("app.close")} />
					</Mantine.Header>
				)}
				<Mantine.Body {...(bare && { p: 0 })}>{children}</Mantine.Body>
			</Mantine.Content>
		</Mantine.Root>
	);
}
