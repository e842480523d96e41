import { NativeSelect, TextInput } from "@mantine/core";
import { currentLocale, LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import { brandColors } from "../brand/colors.ts";
import { useComplaints } from "../parts/form.tsx";
import { Icon } from "../parts/icons.tsx";
import { isZone, ZoneField } from "../parts/zones.tsx";
import { useTexts } from "../texts.ts";
import { countries } from "./countries.ts";
import type { OrganizationValues } from "./settings.tsx";

interface FieldsProps {
	values: OrganizationValues;
	set: (part: Partial<OrganizationValues>) => void;
	error: unknown;
}

export function OrganizationFields({ values, set, error }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	return (
		<>
			<TextInput label={say("settings.name")} value={values.name} maxLength={200} required onChange={(e) => set({ name: e.currentTarget.value })}
				error={(values.name.trim() === "" && say("form.needed")) || complaint("name")} />
			<Color values={values} set={set} error={error} />
			<NativeSelect label={say("settings.locale")} description={say("settings.locale_text")} value={values.locale} onChange={(e) => set({ locale: e.currentTarget.value as Locale })}
				error={complaint("locale")} data={LOCALES.map((l) => ({ value: l, label: LANGUAGES[l] }))} />
			<NativeSelect label={say("settings.country")} description={say("settings.country_text")} value={values.country} onChange={(e) => set({ country: e.currentTarget.value })}
				error={complaint("country")} data={countries(currentLocale(), values.country)} />
			<ZoneField label={say("settings.zone")} description={say("settings.zone_text")} value={values.zone} change={(zone) => set({ zone })}
				error={(!isZone(values.zone) && say("settings.zone_wrong")) || complaint("zone")} />
		</>
	);
}

/** The brand's colour, and whether what is written on it can be read. */
function Color({ values, set, error }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const colors = brandColors(values.color);
	return (
		<div className="color">
			<div className="row">
				<input type="color" aria-label={say("settings.color_pick")} value={colors?.brand ?? "#000000"} onChange={(e) => set({ color: e.currentTarget.value })} />
				<TextInput label={say("settings.color")} value={values.color} maxLength={7} spellCheck={false} onChange={(e) => set({ color: e.currentTarget.value })}
					error={(!colors && say("settings.color_wrong")) || complaint("brand.color")} />
			</div>
			{colors && (
				<p className="contrast" role="status">
					<Icon name="good" />
					<span>{say("settings.contrast", { ratio: colors.contrast.toFixed(1) })}{colors.darkened && <> {say("settings.darkened")}</>}</span>
				</p>
			)}
		</div>
	);
}
