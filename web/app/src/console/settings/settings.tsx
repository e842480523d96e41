import { useQuery, useQueryClient } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { LANGUAGES, type Locale } from "../../locale/locale.ts";
import { parseColor } from "../brand/colors.ts";
import { lookOf, type Say } from "../brand/face.tsx";
import { LivePreview } from "../brand/preview.tsx";
import { api, ifMatch } from "../api.ts";
import { ME, useMay, type Organization } from "../data/me.ts";
import { organizationQuery } from "../data/organization.ts";
import { Conflict } from "../parts/conflict.tsx";
import { difference } from "../parts/draft.ts";
import { useEditor } from "../parts/editor.ts";
import { Form } from "../parts/form.tsx";
import { Answer } from "../parts/listing.tsx";
import { useTell } from "../parts/notices.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { isZone } from "../parts/zones.tsx";
import { useTexts } from "../texts.ts";
import { BrandTextFields } from "./brand_texts.tsx";
import { cleaned, isAddressed, saidIn, type BrandTexts } from "./brand.ts";
import { ConsentTexts } from "./consent_texts.tsx";
import { DemoData } from "./demo.tsx";
import { OrganizationFields } from "./fields.tsx";
import { ProgramLimits } from "./limits.tsx";
import { Logo } from "./logo.tsx";
import "./settings.css";

export interface OrganizationValues {
	name: string;
	color: string;
	/** Empty where what reads well is chosen. */
	text_color: string;
	accent_color: string;
	locale: Locale;
	zone: string;
	country: string;
	texts: BrandTexts;
}

const valuesOf = (o: Organization): OrganizationValues => ({ name: o.name, color: o.brand.color, text_color: o.brand.text_color ?? "", accent_color: o.brand.accent_color ?? "", locale: o.locale, zone: o.zone, country: o.country, texts: o.brand.texts });

function changeOf(base: OrganizationValues, values: OrganizationValues): Schema["OrganizationChange"] {
	const { color, text_color, accent_color, texts, ...rest } = difference(base, values);
	const colors = Object.entries({ color, text_color, accent_color }).filter((c): c is [string, string] => c[1] !== undefined).map(([name, c]) => [name, c.trim().toLowerCase()] as const);
	const brand = { ...Object.fromEntries(colors), ...(texts && { texts: cleaned(texts) }) };
	return { ...rest, ...(Object.keys(brand).length > 0 && { brand }) };
}

export function Settings() {
	const { say } = useTexts();
	const organization = useQuery(organizationQuery);
	const may = useMay();
	return (
		<Room title={say("settings.title")} intro={say("settings.intro")}>
			<Answer of={organization}>{(o) => <Edit organization={o} />}</Answer>
			<ProgramLimits />
			<ConsentTexts />
			{may("organization:write") && <DemoData />}
		</Room>
	);
}

function Edit({ organization }: { organization: Organization }) {
	const { say } = useTexts();
	const may = useMay();
	const queries = useQueryClient();
	const tell = useTell();
	const keep = (o: Organization) => {
		queries.setQueryData(organizationQuery.queryKey, o);
		void queries.invalidateQueries({ queryKey: [ME] });
	};
	const editor = useEditor<Organization, OrganizationValues>({
		stored: organization, valuesOf,
		send: (base, values, version) => answerOf(api.PATCH("/v1/organization", { params: { header: ifMatch(version) }, body: changeOf(base, values) })),
		reread: () => queries.query({ ...organizationQuery, staleTime: 0 }),
		saved: (o) => { keep(o); tell({ text: say("form.saved") }); },
	});
	const v = editor.values;
	const addressed = Object.values(v.texts).every(isAddressed);
	const valid = v.name.trim() !== "" && parseColor(v.color) !== undefined && [v.text_color, v.accent_color].every((c) => c.trim() === "" || parseColor(c)) && isZone(v.zone) && addressed;
	const describe = (m: keyof OrganizationValues, of: OrganizationValues): readonly [string, string] =>
		[say(`settings.${m}`), m === "locale" ? LANGUAGES[of.locale] : m === "texts" ? Object.values(cleaned(of.texts)).flatMap((t) => Object.values(t)).join(" · ") : of[m]];
	return (
		<>
			<Conflict editor={editor} describe={describe} />
			<div className="columns two">
				<div>
					{may("organization:write") && <Logo organization={organization} keep={keep} />}
					<Sheet title={say("settings.business")}>
						<Form dirty={editor.dirty} saving={editor.saving} error={editor.error} save={say("form.save")} valid={valid} submit={editor.save} discard={editor.discard}>
							<fieldset disabled={!may("organization:write")}>
								<OrganizationFields values={v} set={editor.set} error={editor.error} />
								<BrandTextFields value={v.texts} own={v.locale} change={(texts) => editor.set({ texts })} error={editor.error} />
							</fieldset>
						</Form>
					</Sheet>
				</div>
				<Preview organization={organization} values={v} />
			</div>
		</>
	);
}

/** A made-up card in the colours and words that are being typed. */
function Preview({ organization, values: v }: { organization: Organization; values: OrganizationValues }) {
	const look = { ...lookOf(organization), name: v.name, color: v.color, text: v.text_color, accent: v.accent_color };
	const facesIn = (locale: Locale, say: Say) => {
		const said = saidIn(v.texts, locale, v.locale);
		const [reward, terms] = [say("preset.gift_reward"), Boolean(said.terms || said.terms_url)];
		return {
			look,
			card: { program: said.card_title || say("preset.card_name"), goal: 10, filled: 4, prizes: [5], reward, terms },
			join: { goal: 10, reward, extras: [], welcome: said.welcome ?? "", terms },
		};
	};
	return <LivePreview own={organization.locale} facesIn={facesIn} />;
}
