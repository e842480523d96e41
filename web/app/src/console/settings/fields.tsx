import { NativeSelect, TextInput } from "@mantine/core";
import { currentLocale, LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import { brandColors, contrast, parseColor } from "../brand/colors.ts";
import { ColorField, Readable } from "../parts/color.tsx";
import { useComplaints } from "../parts/form.tsx";
import { isZone, ZoneField } from "../parts/zones.tsx";
import { useTexts } from "../texts.ts";
import { countries } from "./countries.ts";
import type { OrganizationValues } from "./settings.tsx";

/** What WCAG 2.2, 1.4.3, asks of text. */
const TEXT_NEEDS = 4.5;

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

/** The brand's colours, and whether what is written on the main one can be read. */
function Color({ values, set, error }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const colors = brandColors(values.color);
	const [ground, text] = [parseColor(values.color), parseColor(values.text_color)];
	const ratio = ground && text ? contrast(ground, text) : undefined;
	return (
		<>
			<div className="color">
				<ColorField label={say("settings.color")} value={values.color} change={(color) => set({ color })} error={complaint("brand.color")} />
				{colors && <Readable good>{say("settings.contrast", { ratio: colors.contrast.toFixed(1) })}{colors.darkened && <> {say("settings.darkened")}</>}</Readable>}
			</div>
			<div className="color">
				<ColorField label={say("settings.text_color")} description={say("settings.text_color_text")} value={values.text_color} otherwise={colors?.onBrand ?? "#ffffff"}
					change={(text_color) => set({ text_color })} error={complaint("brand.text_color")} />
				{ratio !== undefined && ratio < TEXT_NEEDS && <Readable good={false}>{say("design.faint", { ratio: ratio.toFixed(1) })}</Readable>}
			</div>
			<ColorField label={say("settings.accent_color")} description={say("settings.accent_color_text")} value={values.accent_color} otherwise={values.text_color || (colors?.onBrand ?? "#ffffff")}
				change={(accent_color) => set({ accent_color })} error={complaint("brand.accent_color")} />
		</>
	);
}
