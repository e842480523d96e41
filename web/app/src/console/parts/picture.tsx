// A picture that is sent as soon as somebody has chosen it.

import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTexts } from "../texts.ts";
import { useComplaints } from "./form.tsx";
import { Icon } from "./icons.tsx";
import { Problem } from "./problem.tsx";

// What the server takes; see setLogo and addArtwork in openapi.yaml.
const TYPES = ["image/png", "image/jpeg"];
const MAX_BYTES = 1 << 20;

interface Options<Answer> {
	/** The id of the unseen input. */
	id: string;
	/** The field that the server names when it does not like the picture. */
	field: string;
	send: (file: File) => Promise<Answer>;
	sent: (answer: Answer) => void;
}

/** Returns an unseen input, what a button does to open it, and what is wrong with the picture. */
export function usePicture<Answer>({ id, field, send, sent }: Options<Answer>) {
	const { say } = useTexts();
	const input = useRef<HTMLInputElement>(null);
	const [wrong, setWrong] = useState("");
	const sending = useMutation({ mutationFn: send, onSuccess: sent });
	const complaint = useComplaints(sending.error)(field);
	const take = (file: File | undefined) => {
		const problem = !file ? "" : !TYPES.includes(file.type) ? say("settings.logo_type") : file.size > MAX_BYTES ? say("settings.logo_size") : "";
		setWrong(problem);
		sending.reset();
		if (file && !problem) {
			sending.mutate(file);
		}
		if (input.current) {
			input.current.value = "";
		}
	};
	return {
		choose: () => input.current?.click(),
		sending: sending.isPending,
		input: <input ref={input} type="file" accept={TYPES.join(",")} className="unseen" id={id} tabIndex={-1} aria-hidden="true" onChange={(e) => take(e.currentTarget.files?.[0])} />,
		problem: (
			<>
				{(wrong || complaint) && <p className="complaint" role="alert"><Icon name="bad" /> {wrong || complaint}</p>}
				{sending.isError && !complaint && <Problem error={sending.error} />}
			</>
		),
	};
}
