import { TextInput, type TextInputProps } from "@mantine/core";

interface NumberFieldProps extends Omit<TextInputProps, "value" | "onChange"> {
	/** NaN while the field is empty. */
	value: number;
	change: (n: number) => void;
}

/** A field for a whole number. */
export function NumberField({ value, change, ...rest }: NumberFieldProps) {
	return (
		<TextInput {...rest} type="number" inputMode="numeric" step={1} value={Number.isNaN(value) ? "" : String(value)}
			onChange={(e) => change(e.currentTarget.value === "" ? Number.NaN : Number(e.currentTarget.value))} />
	);
}
