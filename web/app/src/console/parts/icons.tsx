// The console's icons: strokes on a grid of 24, drawn for it.

const paths = {
	home: "M4 11.2 12 4.5l8 6.7V20h-5.5v-5.5h-5V20H4z",
	customers: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.3-3.6 3-5.5 6.5-5.5s6.2 1.9 6.5 5.500M16 4.900a3.3 3.3 0 0 1 0 6.300M18 14.800c2.1.7 3.4 2.5 3.6 5.2",
	programs: "M3.5 6.500h17v11h-17zM7.5 10.500v.1M12 10.500v.1M16.5 10.500v.1M7.5 13.800v.1M12 13.800v.1M16.5 13.800v.1",
	locations: "M12 21s7-6.2 7-11.300A7 7 0 0 0 5 9.700C5 14.8 12 21 12 21zM12 12.200a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
	staff: "M4 7h16v13H4zM9.5 4h5v5h-5zM9 17c.2-1.6 1.4-2.5 3-2.500s2.8.9 3 2.500M12 14.300a1.6 1.6 0 1 0 0-3.2",
	tills: "M6 3.500h12v9H6zM4 12.500h16V20H4zM9 6.500h6M9 16.300h6",
	passes: "M7 3.500h10v17H7zM9.5 7.500h5v5h-5zM11 17.500h2",
	imports: "M12 4v10.500M8 11l4 4 4-4M4.5 15.500V20h15v-4.5",
	exports: "M12 14.500V4M8 7.500l4-4 4 4M4.5 15.500V20h15v-4.5",
	audit: "M6 3.500h12v17H6zM9 8h6M9 12h6M9 16h3.500",
	keys: "M8 15.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11.8 11.500H21v3.500M17 11.500v2.5",
	settings: "M4 7h9M17.5 7H20M4 17h2.500M11 17h9M15.2 9.300a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.600zM8.7 19.300a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.600z",
	reviews: "M6 21V4M6 5h11.500l-2.5 4 2.5 4H6",
	search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20.5 20.5",
	menu: "M4 7h16M4 12h16M4 17h16",
	close: "M6 6l12 12M18 6 6 18",
	plus: "M12 5v14M5 12h14",
	good: "M5 12.800l4.6 4.600L19 7.4",
	bad: "M12 3.8 21 19.500H3zM12 9.700v4.300M12 16.800v.1",
	gift: "M4 12.500V21h16v-8.500M2.8 8h18.400v4.500H2.800zM12 8v13M12 8C9 8 6.8 6.8 7.2 4.9 7.8 2.6 11 3.6 12 8zm0 0c3 0 5.2-1.2 4.8-3.100C16.2 2.6 13 3.6 12 8z",
	back: "M14.5 5.5 8 12l6.5 6.5",
	next: "M9.5 5.5 16 12l-6.5 6.5",
	up: "M12 19V5M6 11l6-6 6 6",
	down: "M12 5v14M6 13l6 6 6-6",
	out: "M10 4.500H5v15h5M13.5 8l4 4-4 4M17 12H9",
	undo: "M8.5 5 4 9.500l4.5 4.500M4.5 9.500H14a5.5 5.5 0 0 1 0 11h-3",
	copy: "M8.5 8.500h11v11h-11zM15.5 8.500v-4h-11v11h4",
	open: "M13 4.500h6.500V11M19.5 4.5 11 13M17 14v5.500H4.500V7H10",
	ring: "M12 19.500a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15z",
} as const;

export type IconName = keyof typeof paths;

/** Draws an icon. It says nothing to a screen reader: the words stand beside it. */
export function Icon({ name }: { name: IconName }) {
	return (
		<svg className="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round">
			<path d={paths[name]} />
		</svg>
	);
}
