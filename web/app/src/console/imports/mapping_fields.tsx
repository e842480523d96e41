import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { NumberField } from "../parts/number.tsx";
import { ZoneField } from "../parts/zones.tsx";
import { useTexts } from "../texts.ts";
import type { Head } from "./head.ts";
import { FIELDS, layoutOf, LEGAL, needed, samples, type Field, type Lack, type Legal, type Mapping } from "./mapping.ts";

interface FieldsProps {
	head: Head;
	mapping: Mapping;
	set: (part: Partial<Mapping>) => void;
	lacking: readonly Lack[];
}

export function MappingFields({ head, mapping, set, lacking }: FieldsProps) {
	const { say } = useTexts();
	const wrong = (lack: Lack) => lacking.includes(lack) && say("form.needed");
	const choose = (field: Field, column: string) => set({
		columns: { ...mapping.columns, [field]: column },
		...(field === "at" && { layout: layoutOf(samples(head, column)) || mapping.layout }),
		...(field === "legal_class" && { classes: Object.fromEntries([...new Set(samples(head, column))].map((code) => [code, mapping.classes[code] ?? ("prescription" as const)])) }),
	});
	return (
		<>
			<fieldset>
				<legend>{say("imports.columns")}</legend>
				<div className="pair">
					{FIELDS.map((f) => (
						<NativeSelect key={f} label={say(`imports.field_${f}`)} value={mapping.columns[f]} onChange={(e) => choose(f, e.currentTarget.value)} error={wrong(f)} required={needed(mapping.columns).includes(f)}
							data={[{ value: "", label: say("imports.no_column") }, ...head.columns.filter(Boolean).map((c) => ({ value: c, label: c }))]} />
					))}
				</div>
			</fieldset>
			<div className="pair">
				<TextInput label={say("imports.layout")} description={say("imports.layout_text")} value={mapping.layout} onChange={(e) => set({ layout: e.currentTarget.value })} error={wrong("layout")} spellCheck={false} />
				<ZoneField label={say("imports.zone")} value={mapping.zone} change={(zone) => set({ zone })} error={wrong("zone")} />
			</div>
			<Medicines mapping={mapping} set={set} lacking={lacking} />
			<fieldset>
				<legend>{say("imports.earning")}</legend>
				<div className="pair">
					<NumberField label={say("imports.stamps_per_receipt")} min={1} max={100} value={mapping.stamps} change={(stamps) => set({ stamps })} error={wrong("stamps")} />
					<TextInput label={say("imports.minimum")} description={say("imports.minimum_text")} inputMode="decimal" value={mapping.minimum} onChange={(e) => set({ minimum: e.currentTarget.value.replace(",", ".") })} error={wrong("minimum")} />
					{mapping.columns.amount && <TextInput label={say("imports.currency")} value={mapping.currency} maxLength={3} onChange={(e) => set({ currency: e.currentTarget.value.toUpperCase() })} error={wrong("currency")} />}
				</div>
				<Checkbox label={say("imports.skip_anonymous")} checked={mapping.skipAnonymous} onChange={(e) => set({ skipAnonymous: e.currentTarget.checked })} />
			</fieldset>
		</>
	);
}

/** How prescription medicines are known: they may neither earn nor be stored. */
function Medicines({ mapping, set, lacking }: Omit<FieldsProps, "head">) {
	const { say } = useTexts();
	const wrong = lacking.includes("medicines") && say("imports.medicines_needed");
	return (
		<fieldset className="medicines">
			<legend>{say("imports.medicines")}</legend>
			<p className="hint">{say("imports.medicines_text")}</p>
			{mapping.columns.legal_class === ""
				? <Checkbox label={say("imports.no_medicines")} checked={mapping.noMedicines} onChange={(e) => set({ noMedicines: e.currentTarget.checked })} error={wrong} />
				: (
					<div className="pair">
						{Object.entries(mapping.classes).map(([code, legal]) => (
							<NativeSelect key={code} label={say("imports.code", { code })} value={legal} onChange={(e) => set({ classes: { ...mapping.classes, [code]: e.currentTarget.value as Legal } })}
								data={LEGAL.map((l) => ({ value: l, label: say(`imports.legal_${l}`) }))} />
						))}
						{wrong && <p className="complaint">{wrong}</p>}
					</div>
				)}
		</fieldset>
	);
}
