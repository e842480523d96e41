// The logo: a picture is chosen, the server makes it anew and says where it is.

import { Button } from "@mantine/core";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { uploads } from "../api.ts";
import type { Organization } from "../data/me.ts";
import { initial } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { useTell } from "../parts/notices.tsx";
import { Sheet } from "../parts/page.tsx";
import { usePicture } from "../parts/picture.tsx";
import { useTexts } from "../texts.ts";

/** Sends the file as it is. */
const setLogo = (file: File) => answerOf(uploads.PUT("/v1/organization/logo", {
	body: file as unknown as string, bodySerializer: (b) => b, headers: { "Content-Type": file.type },
}));

export function Logo({ organization, keep }: { organization: Organization; keep: (o: Organization) => void }) {
	const { say } = useTexts();
	const tell = useTell();
	const [removing, setRemoving] = useState(false);
	const picture = usePicture({ id: "logo-file", field: "logo", send: setLogo, sent: (o) => { keep(o); tell({ text: say("settings.logo_saved") }); } });
	const { logo } = organization.brand;
	const remove = async () => {
		keep(await answerOf(uploads.DELETE("/v1/organization/logo")));
		tell({ text: say("settings.logo_removed") });
	};
	return (
		<Sheet title={say("settings.logo")}>
			<div className="row logo-row">
				{logo ? <img className="logo large" src={logo} alt={say("settings.logo_alt", { shop: organization.name })} /> : <span className="logo large letter" aria-hidden="true">{initial(organization.name)}</span>}
				{picture.input}
				<Button variant="default" loading={picture.sending} onClick={picture.choose}>{say(logo ? "settings.logo_replace" : "settings.logo_choose")}</Button>
				{logo && <Button variant="default" onClick={() => setRemoving(true)}>{say("settings.logo_remove")}</Button>}
			</div>
			<p className="hint">{say("settings.logo_text")}</p>
			{picture.problem}
			{removing && (
				<Dialog title={say("settings.logo_remove_title")} confirm={say("settings.logo_remove")} danger run={remove} close={() => setRemoving(false)}>
					<p>{say("settings.logo_remove_text")}</p>
				</Dialog>
			)}
		</Sheet>
	);
}
