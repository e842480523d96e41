// Mantine in the console's colours: its own variables are given those of tokens.css, so
// that there is one set of colours for both schemes.

import { createTheme, type CSSVariablesResolver } from "@mantine/core";
import { theme as shared } from "../theme/mantine.ts";

export const theme = createTheme({
	...shared,
	components: {
		...shared.components,
		...Object.fromEntries(["Textarea", "Checkbox", "Switch", "FileInput"].map((name) => [name, { defaultProps: { size: "md" } }])),
		ModalRoot: { defaultProps: { radius: "lg", transitionProps: { duration: 0 } } },
	},
});

const colors = {
	"--mantine-color-body": "var(--page)",
	"--mantine-color-text": "var(--ink)",
	"--mantine-color-dimmed": "var(--muted)",
	"--mantine-color-placeholder": "var(--muted)",
	"--mantine-color-anchor": "var(--ink-brand)",
	"--mantine-color-error": "var(--bad)",
	"--mantine-color-default": "var(--paper)",
	"--mantine-color-default-hover": "var(--tint-brand)",
	"--mantine-color-default-color": "var(--ink)",
	"--mantine-color-default-border": "var(--line)",
};

export const resolveColors: CSSVariablesResolver = () => ({ variables: {}, light: colors, dark: colors });
