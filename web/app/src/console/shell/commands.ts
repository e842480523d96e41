import type { IconName } from "../parts/icons.tsx";

export interface Command {
	label: string;
	/** What tells it from others of the same name. */
	note?: string;
	icon: IconName;
	run: () => void;
}

const plain = (s: string) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * Returns the commands that what was typed may mean: every word of it begins a word of
 * the label, whatever the case and the accents. Those that begin with it come first.
 */
export function commandsFor(commands: readonly Command[], typed: string): Command[] {
	const wanted = plain(typed).split(/\s+/).filter(Boolean);
	const words = (c: Command) => plain(c.label).split(/[\s/-]+/);
	const fits = commands.filter((c) => wanted.every((w) => words(c).some((word) => word.startsWith(w))));
	const first = wanted[0] ?? "";
	return fits.sort((a, b) => Number(plain(b.label).startsWith(first)) - Number(plain(a.label).startsWith(first)));
}
