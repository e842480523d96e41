// The signs that stand beside words. Each outcome has a shape of its own, so that
// nobody has to know colours.

const line = { fill: "none", stroke: "currentColor", strokeLinecap: "round", strokeLinejoin: "round", strokeWidth: 2.3 } as const;

const paths = {
	good: "M5 12.5l4.5 4.5L19 7.5",
	reward: "M4 11h16v9H4zM3 7h18v4H3zM12 7v13M12 7c-2 0-5-.6-5-2.6C7 3 8.200 2.500 9.300 3c1.300.6 2.200 2.400 2.700 4 .5-1.600 1.400-3.400 2.700-4 1.100-.5 2.300 0 2.300 1.400C17 6.400 14 7 12 7z",
	already: "M12 3a9 9 0 100 18 9 9 0 000-18zM8 12.200l2.800 2.800L16 9.500",
	refused: "M8 2.800h8L21.200 8v8L16 21.200H8L2.800 16V8zM8 12h8",
	unknown: "M8.200 8.800C8.200 6.400 9.900 5 12 5s3.900 1.400 3.900 3.500c0 2.700-3.900 3-3.900 5.900M12 18.800v.1",
	undone: "M8.500 4.500L4 9l4.500 4.500M4.500 9H14a5.500 5.500 0 010 11H9",
	saved: "M12 3v10M8 9.500l4 4 4-4M4 15v4.500h16V15",
	wait: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7.500V12l3 2.500",
	list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
	gear: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
	person: "M12 4a4 4 0 100 8 4 4 0 000-8zM4.500 20.500c.8-4 3.800-6 7.500-6s6.700 2 7.500 6",
	camera: "M3.500 7.500h4L9 5h6l1.500 2.500h4v11h-17zM12 9.500a3.500 3.500 0 100 7 3.500 3.500 0 000-7z",
	torch: "M13 2.500L5.500 13.500H12L11 21.500l7.500-11H12z",
	plus: "M12 5v14M5 12h14",
	flag: "M5 21V4M5 4.500h12l-2.500 4 2.500 4H5",
	cloud: "M3 3l18 18M7 18.500h9.500M6.500 9.500a4.500 4.500 0 00.5 9M10 6.500a5.500 5.500 0 017.500 4 4 4 0 012 7",
	back: "M14.500 5L8 12l6.500 7",
	scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
	lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 017 0v3",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
	return <svg className="icon" viewBox="0 0 24 24" aria-hidden="true"><path {...line} d={paths[name]} /></svg>;
}
