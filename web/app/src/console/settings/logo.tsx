// The logo: a picture is chosen, the server makes it anew and says where it is.

import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { answerOf } from "../../api/client.ts";
import { uploads } from "../api.ts";
import type { Organization } from "../data/me.ts";
import { initial } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useComplaints } from "../parts/form.tsx";
import { Icon } from "../parts/icons.tsx";
import { useTell } from "../parts/notices.tsx";
import { Problem } from "../parts/problem.tsx";
import { Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";

const TYPES = ["image/png", "image/jpeg"];
const MAX_BYTES = 1 << 20;

/** Sends the file as it is. */
const setLogo = (file: File) => answerOf(uploads.PUT("/v1/organization/logo", {
	body: file as unknown as string, bodySerializer: (b) => b, headers: { "Content-Type": file.type },
}));

export function Logo({ organization, keep }: { organization: Organization; keep: (o: Organization) => void }) {
	const { say } = useTexts();
	const tell = useTell();
	const input = useRef<HTMLInputElement>(null);
	const [wrong, setWrong] = useState("");
	const [removing, setRemoving] = useState(false);
	const sending = useMutation({ mutationFn: setLogo, onSuccess: (o) => { keep(o); tell({ text: say("settings.logo_saved") }); } });
	const complaint = useComplaints(sending.error)("logo");
	const choose = (file: File | undefined) => {
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
	const { logo } = organization.brand;
	const remove = async () => {
		keep(await answerOf(uploads.DELETE("/v1/organization/logo")));
		tell({ text: say("settings.logo_removed") });
	};
	return (
		<Sheet title={say("settings.logo")}>
			<div className="row logo-row">
				{logo ? <img className="logo large" src={logo} alt={say("settings.logo_alt", { shop: organization.name })} /> : <span className="logo large letter" aria-hidden="true">{initial(organization.name)}</span>}
				<input ref={input} type="file" accept={TYPES.join(",")} className="unseen" id="logo-file" tabIndex={-1} aria-hidden="true" onChange={(e) => choose(e.currentTarget.files?.[0])} />
				<Button variant="default" loading={sending.isPending} onClick={() => input.current?.click()}>{say(logo ? "settings.logo_replace" : "settings.logo_choose")}</Button>
				{logo && <Button variant="default" onClick={() => setRemoving(true)}>{say("settings.logo_remove")}</Button>}
			</div>
			<p className="hint">{say("settings.logo_text")}</p>
			{(wrong || complaint) && <p className="complaint" role="alert"><Icon name="bad" /> {wrong || complaint}</p>}
			{sending.isError && !complaint && <Problem error={sending.error} />}
			{removing && (
				<Dialog title={say("settings.logo_remove_title")} confirm={say("settings.logo_remove")} danger run={remove} close={() => setRemoving(false)}>
					<p>{say("settings.logo_remove_text")}</p>
				</Dialog>
			)}
		</Sheet>
	);
}
