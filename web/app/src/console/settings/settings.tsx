import { useQuery, useQueryClient } from "@tanstack/react-query";
import { answerOf, type Schema } from "../../api/client.ts";
import { LANGUAGES, type Locale } from "../../locale/locale.ts";
import { Branded, CardFace, JoinFace } from "../brand/face.tsx";
import { parseColor } from "../brand/colors.ts";
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
import { ConsentTexts } from "./consent_texts.tsx";
import { OrganizationFields } from "./fields.tsx";
import "./settings.css";

export interface OrganizationValues {
	name: string;
	color: string;
	locale: Locale;
	zone: string;
	country: string;
}

const valuesOf = (o: Organization): OrganizationValues => ({ name: o.name, color: o.brand.color, locale: o.locale, zone: o.zone, country: o.country });

function changeOf(base: OrganizationValues, values: OrganizationValues): Schema["OrganizationChange"] {
	const { color, ...rest } = difference(base, values);
	return { ...rest, ...(color && { brand: { color: color.toLowerCase() } }) };
}

export function Settings() {
	const { say } = useTexts();
	const organization = useQuery(organizationQuery);
	return (
		<Room title={say("settings.title")} intro={say("settings.intro")}>
			<Answer of={organization}>{(o) => <Edit organization={o} />}</Answer>
			<ConsentTexts />
		</Room>
	);
}

function Edit({ organization }: { organization: Organization }) {
	const { say } = useTexts();
	const may = useMay();
	const queries = useQueryClient();
	const tell = useTell();
	const editor = useEditor<Organization, OrganizationValues>({
		stored: organization, valuesOf,
		send: (base, values, version) => answerOf(api.PATCH("/v1/organization", { params: { header: ifMatch(version) }, body: changeOf(base, values) })),
		reread: () => queries.query({ ...organizationQuery, staleTime: 0 }),
		saved: (o) => {
			queries.setQueryData(organizationQuery.queryKey, o);
			void queries.invalidateQueries({ queryKey: [ME] });
			tell({ text: say("form.saved") });
		},
	});
	const v = editor.values;
	const look = { name: v.name, color: v.color, ...(organization.brand.has_logo && { logo: `/brand/${organization.slug}/logo` }) };
	const valid = v.name.trim() !== "" && parseColor(v.color) !== undefined && isZone(v.zone);
	const describe = (m: keyof OrganizationValues, of: OrganizationValues): readonly [string, string] => [say(`settings.${m}`), m === "locale" ? LANGUAGES[of.locale] : of[m]];
	return (
		<>
			<Conflict editor={editor} describe={describe} />
			<div className="columns two">
				<Sheet title={say("settings.business")}>
					<Form dirty={editor.dirty} saving={editor.saving} error={editor.error} save={say("form.save")} valid={valid} submit={editor.save} discard={editor.discard}>
						<fieldset disabled={!may("organization:write")}>
							<OrganizationFields values={v} set={editor.set} error={editor.error} />
						</fieldset>
					</Form>
				</Sheet>
				<aside className="preview" aria-label={say("preview.title")}>
					<Branded look={look}>
						<h2>{say("preview.card")}</h2>
						<CardFace look={look} card={{ program: say("preset.card_name"), goal: 10, filled: 4, prizes: [5], reward: say("preset.gift_reward") }} />
						<h2>{say("preview.join")}</h2>
						<JoinFace look={look} join={{ goal: 10, reward: say("preset.gift_reward"), extras: [] }} />
					</Branded>
				</aside>
			</div>
		</>
	);
}
