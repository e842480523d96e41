// What customers will see of what is being typed: their card, the join page and the
// passes in their wallets, in each language, on a light screen and a dark one.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { currentLocale, LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import { textsIn, useTexts } from "../texts.ts";
import type { Scheme } from "./colors.ts";
import { Branded, CardFace, JoinFace, type CardLook, type JoinLook, type Look, type Say } from "./face.tsx";
import { ApplePass, GooglePass } from "./pass_face.tsx";

const VIEWS = ["card", "join", "apple", "google"] as const;
type View = (typeof VIEWS)[number];
const SCHEMES = ["light", "dark"] as const;

export interface Faces {
	look: Look;
	card: CardLook;
	join: JoinLook;
}

/** Shows what facesIn makes of the form in a language, whose words say speaks. */
export function LivePreview({ own, facesIn }: { own: Locale; facesIn: (locale: Locale, say: Say) => Faces }) {
	const { say } = useTexts();
	const [view, setView] = useState<View>("card");
	const [scheme, setScheme] = useState<Scheme>("light");
	const [chosen, setChosen] = useState<Locale>(own);
	const spoken = useQuery({ queryKey: ["texts", chosen], queryFn: () => textsIn(chosen), staleTime: Infinity }).data;
	// Until the words are there, the console's own stand in.
	const speak = spoken ?? say;
	const { look, card, join } = facesIn(chosen, speak);
	return (
		<aside className="preview" aria-label={say("preview.title")}>
			<div className="preview-choices">
				<label>{say("preview.what")}
					<select value={view} onChange={(e) => setView(e.currentTarget.value as View)}>{VIEWS.map((v) => <option key={v} value={v}>{say(`preview.${v}`)}</option>)}</select>
				</label>
				<label>{say("app.language")}
					<select value={chosen} onChange={(e) => setChosen(e.currentTarget.value as Locale)}>{LOCALES.map((l) => <option key={l} value={l} lang={l}>{LANGUAGES[l]}</option>)}</select>
				</label>
				<label>{say("app.scheme")}
					<select value={scheme} onChange={(e) => setScheme(e.currentTarget.value as Scheme)}>{SCHEMES.map((s) => <option key={s} value={s}>{say(`app.scheme_${s}`)}</option>)}</select>
				</label>
			</div>
			<div className={`phone ${scheme}`} lang={spoken ? chosen : currentLocale()}>
				<Branded look={look} scheme={scheme}>
					{view === "card" && <CardFace look={look} card={card} say={speak} />}
					{view === "join" && <JoinFace look={look} join={join} say={speak} />}
					{view === "apple" && <ApplePass look={look} pass={card} say={speak} />}
					{view === "google" && <GooglePass look={look} pass={card} say={speak} />}
				</Branded>
			</div>
			{(view === "apple" || view === "google") && <p className="hint">{say("preview.drawing")}</p>}
		</aside>
	);
}
