// What customers are asked when they join. A text is never changed: a new version takes
// its place, and what was agreed to keeps pointing at the old words.

import { Button, NativeSelect } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { words } from "../../locale/locale.ts";
import { api } from "../api.ts";
import { useMay, useMe } from "../data/me.ts";
import { consentTextsQuery, type ConsentText } from "../data/organization.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Answer } from "../parts/listing.tsx";
import { LocalizedInput, spoken, type LocalizedText } from "../parts/localized.tsx";
import { useTell } from "../parts/notices.tsx";
import { Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";

const CHANNELS = ["sms", "email", "push"] as const;
type Channel = (typeof CHANNELS)[number];
const PURPOSE = "marketing";
const MAX_WORDS = 2000;

export function ConsentTexts() {
	const { say } = useTexts();
	const may = useMay();
	const texts = useQuery({ ...consentTextsQuery, enabled: may("customers:read") });
	const [editing, setEditing] = useState<ConsentText | "new">();
	if (!may("customers:read")) {
		return null;
	}
	return (
		<Sheet title={say("settings.consents")} actions={may("organization:write") && <Button variant="default" onClick={() => setEditing("new")}>{say("settings.consent_add")}</Button>}>
			<p className="hint">{say("settings.consents_text")}</p>
			<Answer of={texts}>
				{(list) => list.length === 0 ? <p>{say("settings.consents_none")}</p> : (
					<ul className="asked">
						{list.map((t) => (
							<li key={t.id}>
								<p>{words(t.text)}</p>
								<p className="hint">{[t.channel && say(`channel.${t.channel as Channel}`), say("settings.consent_version", { version: t.version })].filter(Boolean).join(" · ")}</p>
								{may("organization:write") && t.purpose === PURPOSE && <Button variant="default" onClick={() => setEditing(t)}>{say("settings.consent_replace")}<span className="unseen"> {words(t.text)}</span></Button>}
							</li>
						))}
					</ul>
				)}
			</Answer>
			{editing && <Write replaces={editing === "new" ? undefined : editing} close={() => setEditing(undefined)} />}
		</Sheet>
	);
}

function Write({ replaces, close }: { replaces: ConsentText | undefined; close: () => void }) {
	const { say } = useTexts();
	const own = useMe().organization.locale;
	const queries = useQueryClient();
	const tell = useTell();
	const [text, setText] = useState<LocalizedText>(replaces?.text ?? { [own]: "" });
	const [channel, setChannel] = useState((replaces?.channel ?? "sms") as Channel);
	const run = async () => {
		await answerOf(api.POST("/v1/consent-texts", { body: { purpose: PURPOSE, channel, text: spoken(text), ...(replaces && { position: replaces.position }) } }));
		await queries.invalidateQueries({ queryKey: consentTextsQuery.queryKey });
		tell({ text: say("settings.consent_saved") });
	};
	return (
		<Dialog title={say(replaces ? "settings.consent_replace" : "settings.consent_add")} confirm={say("form.save")} ready={Boolean(text[own]?.trim())} run={run} close={close}>
			{replaces ? <p>{say("settings.consent_replace_text")}</p> : (
				<NativeSelect label={say("settings.channel")} value={channel} onChange={(e) => setChannel(e.currentTarget.value as Channel)} data={CHANNELS.map((c) => ({ value: c, label: say(`channel.${c}`) }))} />
			)}
			<LocalizedInput label={say("settings.consent_words")} value={text} change={setText} long maxLength={MAX_WORDS} />
		</Dialog>
	);
}
