// A pass as customers will have it, while it is designed: front and back, in both
// wallets, with any number of stamps. The strip is the real one; the rest is a drawing.

import { useQuery } from "@tanstack/react-query";
import { useState, type CSSProperties } from "react";
import type { Schema } from "../../api/client.ts";
import { currentLocale, LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import "../brand/face.css";
import type { Say } from "../brand/face.tsx";
import type { Organization } from "../data/me.ts";
import { stripQuery } from "../data/designs.ts";
import type { Program } from "../data/programs.ts";
import { number } from "../format.ts";
import { Problem } from "../parts/problem.tsx";
import { useSettled } from "../parts/settled.ts";
import { saidIn } from "../settings/brand.ts";
import { textsIn, useTexts } from "../texts.ts";
import { passColors, settingOf, type DesignValues, type Field } from "./design.ts";
import { AppleFront, Back, GoogleFront, type PassFace } from "./faces.tsx";

const VIEWS = ["apple", "apple_back", "google", "google_back"] as const;
type View = (typeof VIEWS)[number];
/** How long a form rests before the strip is drawn anew. */
const SETTLE_MS = 250;
const FILLED_SHARE = 0.4;

interface PreviewProps {
	program: Program;
	organization: Organization;
	values: DesignValues;
}

export function DesignPreview({ program, organization, values }: PreviewProps) {
	const { say } = useTexts();
	const [view, setView] = useState<View>("apple");
	const own = organization.locale;
	const [chosen, setChosen] = useState<Locale>(own);
	const [count, setCount] = useState(Math.floor(program.goal * FILLED_SHARE));
	const spoken = useQuery({ queryKey: ["texts", chosen], queryFn: () => textsIn(chosen), staleTime: Infinity }).data;
	// As a text, which is the same when nothing in it has changed.
	const drawing = useSettled(JSON.stringify({ design: settingOf(values), size: program.goal, count } satisfies Schema["StripDrawing"]), SETTLE_MS);
	const strip = useQuery(stripQuery(JSON.parse(drawing) as Schema["StripDrawing"]));
	const face = faceOf(program, organization, values, { locale: chosen, say: spoken ?? say, count, strip: strip.data });
	const colors = passColors(values, organization.brand);
	const style = { "--pass": colors.background, "--on-pass": colors.foreground, "--pass-ink": colors.background, "--pass-label": colors.label } as CSSProperties;
	return (
		<aside className="preview" aria-label={say("preview.title")}>
			<div className="preview-choices">
				<label>{say("preview.what")}
					<select value={view} onChange={(e) => setView(e.currentTarget.value as View)}>{VIEWS.map((v) => <option key={v} value={v}>{say(`design.view_${v}`)}</option>)}</select>
				</label>
				<label>{say("app.language")}
					<select value={chosen} onChange={(e) => setChosen(e.currentTarget.value as Locale)}>{LOCALES.map((l) => <option key={l} value={l} lang={l}>{LANGUAGES[l]}</option>)}</select>
				</label>
				<label className="stamps-slider">{say("design.count", { count, size: program.goal })}
					<input type="range" min={0} max={program.goal} step={1} value={count} onChange={(e) => setCount(Number(e.currentTarget.value))} />
				</label>
			</div>
			<div className="phone light designed" style={style} lang={spoken ? chosen : currentLocale()}>
				{view === "apple" && <AppleFront face={face} />}
				{view === "google" && <GoogleFront face={face} />}
				{view.endsWith("_back") && <Back face={face} apple={view === "apple_back"} />}
			</div>
			{strip.isError && <Problem error={strip.error} />}
			<p className="hint">{say("design.drawing")}</p>
		</aside>
	);
}

interface Shown {
	locale: Locale;
	say: Say;
	count: number;
	strip: string | undefined;
}

/** A made-up customer's pass in the words of a language. */
function faceOf(program: Program, o: Organization, v: DesignValues, { locale, say, count, strip }: Shown): PassFace {
	const words = (t: { [L in Locale]?: string } | undefined) => t?.[locale]?.trim() || t?.[o.locale] || "…";
	const said = saidIn(o.brand.texts, locale, o.locale);
	const main = words(program.rewards.find((r) => r.kind === "main")?.name);
	const full = count >= program.goal;
	const fields: Record<Field, readonly [string, string]> = {
		next: [say("design.field_next"), `${say("preview.missing", { count: full ? program.goal : program.goal - count })}: ${main}`],
		rewards: [say("design.field_rewards"), full ? main : ""],
		holder: [say("design.field_holder"), "Aino Virtanen"],
		number: [say("design.field_number"), "1234 5678"],
	};
	const terms = [said.terms, said.terms_url].filter(Boolean).join("\n");
	return {
		shop: o.name, ...(o.brand.logo && { logo: o.brand.logo }), program: words(program.name), strip, code: v.barcode, alt: say("design.strip_alt", { count, size: program.goal }),
		balance: [say("preview.stamps"), `${number(count)}/${number(program.goal)}`],
		front: v.front.map((f) => fields[f]).filter(([, value]) => value !== ""),
		back: [
			...(full ? [fields.rewards] : []), fields.next, [say("design.latest"), count > 0 ? `${say("preview.stamps")}  +${number(1)}` : "–"], fields.number,
			...(said.privacy_url ? [[say("design.privacy"), said.privacy_url] as const] : []), ...(terms ? [[say("preview.terms"), terms] as const] : []),
		],
	};
}
