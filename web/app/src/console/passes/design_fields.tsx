// The form of a design: colours, stamps, what stands in front, pictures.

import { Button, NativeSelect } from "@mantine/core";
import type { Schema } from "../../api/client.ts";
import { addArtwork } from "../data/designs.ts";
import { number } from "../format.ts";
import { ColorField, Readable } from "../parts/color.tsx";
import { useComplaints } from "../parts/form.tsx";
import { Icon } from "../parts/icons.tsx";
import { usePicture } from "../parts/picture.tsx";
import { useTexts } from "../texts.ts";
import { ARTWORKS, BARCODES, COLORS, FIELDS, ICONS, MAX_ROWS, passColors, placed, readability, type ArtworkName, type ColorName, type DesignValues, type Field } from "./design.ts";

interface FieldsProps {
	values: DesignValues;
	set: (part: Partial<DesignValues>) => void;
	brand: Schema["Brand"];
	error: unknown;
}

export function DesignFields({ values, set, brand, error }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	return (
		<>
			<Colors values={values} set={set} brand={brand} error={error} />
			<div className="pair">
				<NativeSelect label={say("design.icon")} value={values.icon} disabled={values.artwork.stamp !== ""} onChange={(e) => set({ icon: e.currentTarget.value as Schema["PassIcon"] })}
					data={ICONS.map((icon) => ({ value: icon, label: say(`design.icon_${icon}`) }))} error={complaint("icon")} />
				<NativeSelect label={say("design.rows")} value={String(values.rows)} onChange={(e) => set({ rows: Number(e.currentTarget.value) })}
					data={Array.from({ length: MAX_ROWS + 1 }, (_, n) => ({ value: String(n), label: n === 0 ? say("design.rows_auto") : number(n) }))} error={complaint("rows")} />
			</div>
			<Pictures values={values} set={set} />
			<Front front={values.front} change={(front) => set({ front })} error={complaint("front")} />
			<NativeSelect label={say("design.barcode")} description={say("design.barcode_text")} value={values.barcode} onChange={(e) => set({ barcode: e.currentTarget.value as Schema["PassBarcode"] })}
				data={BARCODES.map((code) => ({ value: code, label: { qr: "QR", aztec: "Aztec", pdf417: "PDF417", code128: "Code 128" }[code] }))} error={complaint("barcode")} />
		</>
	);
}

function Colors({ values, set, brand, error }: FieldsProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const colors = passColors(values, brand);
	/** What counts where nothing is chosen. */
	const otherwise = (c: ColorName) => passColors({ ...values, colors: { ...values.colors, [c]: "" } }, brand)[c];
	return (
		<fieldset className="colors">
			<legend>{say("design.colors")}</legend>
			<p className="hint">{say("design.colors_text")}</p>
			{COLORS.map((c) => {
				const read = c === "background" ? undefined : readability(colors, c);
				return (
					<div key={c}>
						<ColorField label={say(`design.${c}`)} value={values.colors[c]} otherwise={otherwise(c)}
							change={(color) => set({ colors: { ...values.colors, [c]: color } })} error={complaint(`colors.${c}`)} />
						{read && !read.enough && <Readable good={false}>{say(c === "ink" ? "design.faint_ink" : "design.faint", { ratio: read.ratio.toFixed(1) })}</Readable>}
					</div>
				);
			})}
		</fieldset>
	);
}

/** The fields in front, one after the other; the first two stand beside each other. */
function Front({ front, change, error }: { front: readonly Field[]; change: (front: Field[]) => void; error: string }) {
	const { say } = useTexts();
	return (
		<fieldset>
			<legend>{say("design.front")}</legend>
			<div className="pair">
				{FIELDS.slice(0, Math.min(front.length + 1, FIELDS.length)).map((_, place) => (
					<NativeSelect key={place} label={say("design.place", { place: place + 1 })} value={front[place] ?? ""} onChange={(e) => change(placed(front, place, e.currentTarget.value as Field | ""))}
						data={[{ value: "", label: say("design.field_none") }, ...FIELDS.map((f) => ({ value: f, label: say(`design.field_${f}`) }))]} />
				))}
			</div>
			{error && <p className="complaint" role="alert"><Icon name="bad" /> {error}</p>}
		</fieldset>
	);
}

function Pictures({ values, set }: Pick<FieldsProps, "values" | "set">) {
	const { say } = useTexts();
	return (
		<fieldset>
			<legend>{say("design.artwork")}</legend>
			<p className="hint">{say("design.artwork_text")}</p>
			<ul className="artworks">
				{ARTWORKS.map((name) => <li key={name}><Picture name={name} tag={values.artwork[name]} change={(tag) => set({ artwork: { ...values.artwork, [name]: tag } })} /></li>)}
			</ul>
		</fieldset>
	);
}

/** Sends a picture at once; that a design has it is kept when the form is saved. */
function Picture({ name, tag, change }: { name: ArtworkName; tag: string; change: (tag: string) => void }) {
	const { say } = useTexts();
	const picture = usePicture({ id: `artwork-${name}`, field: "artwork", send: addArtwork, sent: change });
	const label = say(`design.artwork_${name}`);
	return (
		<>
			<div className="row">
				<span className="artwork-name">{label}{tag && <span className="hint"> {say("design.artwork_there")}</span>}</span>
				{picture.input}
				<Button variant="default" loading={picture.sending} onClick={picture.choose}>{say(tag ? "design.artwork_replace" : "design.artwork_choose")}<span className="unseen"> {label}</span></Button>
				{tag && <Button variant="default" onClick={() => change("")}>{say("design.artwork_remove")}<span className="unseen"> {label}</span></Button>}
			</div>
			{picture.problem}
		</>
	);
}
