// What customers read under the shop's own name, one tab for each language.

import { Tabs, Textarea, TextInput } from "@mantine/core";
import { LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import { useComplaints } from "../parts/form.tsx";
import { useTexts } from "../texts.ts";
import { ADDRESSES, isAddress, MAX_CHARACTERS, PARTS, type BrandTexts, type Part } from "./brand.ts";

interface BrandTextsProps {
	value: BrandTexts;
	own: Locale;
	change: (texts: BrandTexts) => void;
	error: unknown;
}

export function BrandTextFields({ value, own, change, error }: BrandTextsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const locales = [own, ...LOCALES.filter((l) => l !== own)];
	const field = (l: Locale, part: Part) => {
		const text = value[l]?.[part] ?? "";
		const address = ADDRESSES.some((a) => a === part);
		const wrong = address && text.trim() !== "" && !isAddress(text.trim()) && say("settings.terms_url_wrong");
		const shared = {
			label: say(`settings.${part}`), description: l === own ? say(`settings.${part}_text`) : undefined, maxLength: MAX_CHARACTERS[part], lang: l, value: text,
			...(l !== own && value[own]?.[part] && { placeholder: value[own][part] }), error: wrong || complaint(`brand.texts.${l}.${part}`),
			onChange: (e: { currentTarget: { value: string } }) => change({ ...value, [l]: { ...value[l], [part]: e.currentTarget.value } }),
		};
		return part === "terms" ? <Textarea key={part} {...shared} rows={4} /> : <TextInput key={part} {...shared} {...(address && { type: "url", spellCheck: false })} />;
	};
	return (
		<fieldset className="brand-texts">
			<legend>{say("settings.texts")}</legend>
			<p className="hint">{say("settings.texts_text")}</p>
			<Tabs defaultValue={own} keepMounted={false}>
				<Tabs.List aria-label={say("settings.texts")}>{locales.map((l) => <Tabs.Tab key={l} value={l} lang={l}>{LANGUAGES[l]}{PARTS.some((p) => value[l]?.[p]?.trim()) ? " •" : ""}</Tabs.Tab>)}</Tabs.List>
				{locales.map((l) => <Tabs.Panel key={l} value={l}><div className="fields">{PARTS.map((p) => field(l, p))}</div></Tabs.Panel>)}
			</Tabs>
		</fieldset>
	);
}
