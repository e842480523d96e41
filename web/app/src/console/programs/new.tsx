import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api } from "../api.ts";
import { useMe } from "../data/me.ts";
import { useDraft } from "../parts/editor.ts";
import { Form } from "../parts/form.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { textsIn, useTexts } from "../texts.ts";
import { ProgramFields } from "./fields.tsx";
import { presets, type Preset } from "./presets.ts";
import { Preview } from "./preview.tsx";
import "./programs.css";
import { TryOut } from "./tryout.tsx";
import { creationOf, wrongIn, type ProgramValues } from "./values.ts";

/** First a preset is chosen, then it is made one's own. */
export function NewProgram() {
	const { say } = useTexts();
	const own = useMe().organization.locale;
	const [values, setValues] = useState<ProgramValues>();
	// Customers read a program's words in the shop's language, whatever the console's is.
	const texts = useQuery({ queryKey: ["texts", own], queryFn: () => textsIn(own), staleTime: Infinity });
	return (
		<Room title={say("programs.add")} back={{ to: "/programs", label: say("programs.title") }} {...(!values && { intro: say("preset.intro") })}>
			{values
				? <Fill initial={values} back={() => setValues(undefined)} />
				: <Answer of={texts}>{(speak) => <Presets choose={(p) => setValues(p.values(speak, own))} />}</Answer>}
		</Room>
	);
}

function Presets({ choose }: { choose: (preset: Preset) => void }) {
	const { say } = useTexts();
	return (
		<ul className="presets">
			{presets.map((p) => (
				<li key={p.id}>
					<button type="button" onClick={() => choose(p)}>
						<strong>{say(`preset.${p.id}`)}</strong>
						<span>{say(`preset.${p.id}_text`)}</span>
					</button>
				</li>
			))}
		</ul>
	);
}

function Fill({ initial, back }: { initial: ProgramValues; back: () => void }) {
	const { say } = useTexts();
	const { organization: { zone, locale } } = useMe();
	const draft = useDraft(initial);
	const [checked, setChecked] = useState(false);
	const queries = useQueryClient();
	const navigate = useNavigate();
	const tell = useTell();
	const wrong = wrongIn(draft.values, locale);
	const valid = Object.keys(wrong).length === 0;
	const creation = useMutation({
		mutationFn: (status: "draft" | "active") => answerOf(api.POST("/v1/programs", { body: creationOf(draft.values, zone, status) })),
		onSuccess: async (made) => {
			await queries.invalidateQueries({ queryKey: ["programs"] });
			tell({ text: say(made.status === "active" ? "programs.activated" : "programs.kept") });
			await navigate({ to: "/programs/$programId", params: { programId: made.id }, ignoreBlocker: true });
		},
	});
	const create = (status: "draft" | "active") => {
		setChecked(true);
		if (valid) {
			creation.mutate(status);
		}
	};
	return (
		<>
			<div className="columns two">
				<Sheet>
					<p><Button variant="default" size="sm" onClick={back}>{say("preset.other")}</Button></p>
					<Form dirty={draft.dirty} always saving={creation.isPending} error={creation.error} save={say("programs.create_active")} submit={() => create("active")}>
						<ProgramFields values={draft.values} set={draft.set} wrong={checked ? wrong : {}} error={creation.error} />
						<p><Button variant="default" onClick={() => create("draft")}>{say("programs.create_draft")}</Button></p>
					</Form>
				</Sheet>
				<Preview values={draft.values} />
			</div>
			<TryOut values={draft.values} valid={valid} />
		</>
	);
}
