// How Mantine looks in Leima. Its default blue on white fails WCAG 2.2 AA; the ink of
// a stamp pad does not (theme.test.ts).

import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** Leima's own ink, light to dark. Shade 8 is #1f4e79, the colour of tokens.css. */
export const ink: MantineColorsTuple = [
	"#eef3f8", "#dbe4ed", "#b5c7d9", "#8ca9c4", "#6a90b3", "#4d7ba6", "#37689a", "#285a8b", "#1f4e79", "#153a5c",
];

export const theme = createTheme({
	colors: { ink },
	primaryColor: "ink",
	primaryShade: { light: 8, dark: 7 },
	autoContrast: true,
	fontFamily: "var(--sans)",
	fontFamilyMonospace: "var(--mono)",
	headings: { fontFamily: "var(--serif)", fontWeight: "600" },
	defaultRadius: "md",
	respectReducedMotion: true,
	// Targets of at least 44 pixels by a touch screen; Mantine's "md" is 42.
	components: Object.fromEntries(["Button", "TextInput", "Select", "NativeSelect", "PasswordInput", "NumberInput"]
		.map((name) => [name, { defaultProps: { size: "md" } }])),
});
