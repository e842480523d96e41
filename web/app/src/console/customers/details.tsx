import { NativeSelect, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { answerOf } from "../../api/client.ts";
import { LANGUAGES, LOCALES, type Locale } from "../../locale/locale.ts";
import { api, ifMatch } from "../api.ts";
import { customerQuery, type Customer } from "../data/customers.ts";
import { useMay } from "../data/me.ts";
import { day, spaced } from "../format.ts";
import { Conflict } from "../parts/conflict.tsx";
import { difference } from "../parts/draft.ts";
import { useEditor } from "../parts/editor.ts";
import { Form, useComplaints } from "../parts/form.tsx";
import { useTell } from "../parts/notices.tsx";
import { Facts, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";

interface Values {
	first_name: string;
	last_name: string;
	phone: string;
	email: string;
	locale: Locale | "";
	external_ref: string;
}

const valuesOf = (c: Customer): Values => ({
	first_name: c.first_name ?? "", last_name: c.last_name ?? "", phone: c.phone ?? "", email: c.email ?? "", locale: c.locale ?? "", external_ref: c.external_ref ?? "",
});

/** Who the customer is. Fields are changed in place. */
export function Details({ customer }: { customer: Customer }) {
	const { say } = useTexts();
	const may = useMay();
	const queries = useQueryClient();
	const tell = useTell();
	const one = customerQuery(customer.id);
	const editor = useEditor<Customer, Values>({
		stored: customer, valuesOf,
		send: (base, values, version) => {
			const { locale, ...rest } = difference(base, values);
			return answerOf(api.PATCH("/v1/customers/{customer_id}", {
				params: { path: { customer_id: customer.id }, header: ifMatch(version) }, body: { ...rest, ...(locale && { locale }) },
			}));
		},
		reread: () => queries.query({ ...one, staleTime: 0 }),
		saved: (c) => {
			queries.setQueryData(one.queryKey, c);
			void queries.invalidateQueries({ queryKey: ["customers"] });
			tell({ text: say("form.saved") });
		},
	});
	const complaint = useComplaints(editor.error);
	const field = (name: "first_name" | "last_name" | "phone" | "email" | "external_ref", type: "text" | "tel" | "email" = "text") => (
		<TextInput label={say(`customers.${name}`)} type={type} autoComplete="off" value={editor.values[name]} error={complaint(name)} onChange={(e) => editor.set({ [name]: e.currentTarget.value })} />
	);
	return (
		<>
			<Conflict editor={editor} describe={(m, v) => [m === "locale" ? say("app.language") : say(`customers.${m}`), v[m]]} />
			<Sheet title={say("customers.details")}>
				<Facts facts={[
					[say("customers.number"), spaced(customer.number)], [say("customers.since"), day(customer.created_at)],
					[say("customers.pending_phone"), customer.pending_phone], [say("customers.pending_email"), customer.pending_email],
				]} />
				<Form dirty={editor.dirty} saving={editor.saving} error={editor.error} save={say("form.save")} submit={editor.save} discard={editor.discard}>
					<fieldset disabled={!may("customers:write") || customer.status === "merged"}>
						<div className="pair">{field("first_name")}{field("last_name")}</div>
						{field("phone", "tel")}
						{field("email", "email")}
						<NativeSelect label={say("app.language")} value={editor.values.locale} onChange={(e) => editor.set({ locale: e.currentTarget.value as Locale })}
							data={[...(editor.values.locale ? [] : [{ value: "", label: "" }]), ...LOCALES.map((l) => ({ value: l, label: LANGUAGES[l] }))]} />
						{field("external_ref")}
					</fieldset>
				</Form>
			</Sheet>
		</>
	);
}
