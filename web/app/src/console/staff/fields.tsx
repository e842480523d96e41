import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import { locationsQuery } from "../data/locations.ts";
import { useMe } from "../data/me.ts";
import { rolesGivenBy, type Staff, type StaffRole } from "../data/staff.ts";
import { useComplaints } from "../parts/form.tsx";
import { useTexts } from "../texts.ts";

export interface StaffValues {
	name: string;
	email: string;
	role: StaffRole;
	locale: Locale | "";
	/** The one branch where the person works, "" for every branch. */
	location: string;
}

export const valuesOf = (s: Staff): StaffValues => ({
	name: s.name, email: s.email ?? "", role: s.role === "integration" ? "cashier" : s.role, locale: s.locale ?? "", location: s.location_id ?? "",
});

interface FieldsProps {
	values: StaffValues;
	set: (part: Partial<StaffValues>) => void;
	error: unknown;
	dirty: boolean;
	/** Nobody changes their own role or branch. */
	self?: boolean;
}

export function StaffFields({ values, set, error, dirty, self }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const locations = useQuery(locationsQuery).data ?? [];
	const me = useMe();
	const roles = rolesGivenBy(me.role);
	// Whoever is tied to a branch adds and changes people of that branch only.
	const branches = locations.filter((l) => !me.location_id || l.id === me.location_id || l.id === values.location);
	return (
		<>
			<TextInput label={say("staff.name")} description={say("staff.name_text")} value={values.name} maxLength={200} required onChange={(e) => set({ name: e.currentTarget.value })}
				error={(dirty && values.name.trim() === "" && say("form.needed")) || complaint("name")} />
			<NativeSelect label={say("staff.role")} description={say(`role.${values.role}_text`)} value={values.role} disabled={self ?? false} error={complaint("role")}
				onChange={(e) => set({ role: e.currentTarget.value as StaffRole })} data={(roles.includes(values.role) ? roles : [values.role, ...roles]).map((r) => ({ value: r, label: say(`role.${r}`) }))} />
			<NativeSelect label={say("staff.location")} value={values.location} disabled={self ?? false} error={complaint("location_id")} onChange={(e) => set({ location: e.currentTarget.value })}
				data={[...(me.location_id && values.location ? [] : [{ value: "", label: say("staff.every_location") }]), ...branches.map((l) => ({ value: l.id, label: l.name }))]} />
			<TextInput label={say("staff.email")} description={say("staff.email_text")} type="email" value={values.email} maxLength={200} onChange={(e) => set({ email: e.currentTarget.value })} error={complaint("email")} />
			<NativeSelect label={say("app.language")} value={values.locale} onChange={(e) => set({ locale: e.currentTarget.value as Locale | "" })}
				data={[...(values.locale ? [] : [{ value: "", label: say("staff.locale_default") }]), ...LOCALES.map((l) => ({ value: l, label: LANGUAGES[l] }))]} />
		</>
	);
}
