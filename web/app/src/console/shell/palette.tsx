// The command palette: type a few letters of where to go, what to do or whom to find.

import { useMantineColorScheme } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useDeferredValue, useState, type KeyboardEvent } from "react";
import { LANGUAGES, LOCALES } from "../../locale/locale.ts";
import { fullName } from "../customers/name.ts";
import { customersQuery } from "../data/customers.ts";
import { actsAt, useMay, useMe } from "../data/me.ts";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Modal } from "../parts/modal.tsx";
import type { Entry } from "../section.ts";
import { sections } from "../sections.ts";
import { useTexts } from "../texts.ts";
import { commandsFor, type Command } from "./commands.ts";
import { chooseLanguage, SCHEMES } from "./preferences.tsx";
import { useSignOut } from "./signout.ts";

/** From how many letters on customers are searched, and how many are shown. */
const SEARCH_FROM = 2;
const FOUND = 6;

const entries: readonly Entry[] = sections.map((s) => s.entry);

/** Everything that can be done from anywhere. */
function useCommands(): Command[] {
	const { say } = useTexts();
	const may = useMay();
	const me = useMe();
	const navigate = useNavigate();
	const router = useRouter();
	const signOut = useSignOut();
	const { setColorScheme } = useMantineColorScheme();
	const go = (to: string) => () => { void navigate({ to }); };
	const make = (needs: Parameters<typeof may>[0], label: string, to: string): Command[] => (may(needs) ? [{ label, icon: "plus", run: go(to) }] : []);
	return [
		...entries.filter((e) => may(e.needs)).map((e): Command => ({ label: say(e.label), icon: e.icon, run: go(e.to) })),
		...make("programs:write", say("programs.add"), "/programs/new"),
		...(actsAt(me) ? make("locations:write", say("locations.add"), "/locations/new") : []),
		...make("staff:write", say("staff.add"), "/staff/new"),
		...make("tills:write", say("tills.add"), "/tills/new"),
		...make("imports:write", say("imports.add"), "/imports/new"),
		...make("api_keys:write", say("keys.add"), "/keys/new"),
		...SCHEMES.map((s): Command => ({ label: say(`app.scheme_${s}`), icon: "ring", run: () => setColorScheme(s) })),
		...LOCALES.map((l): Command => ({ label: LANGUAGES[l], icon: "ring", run: () => { void chooseLanguage(l).then(() => router.invalidate()); } })),
		{ label: say("app.sign_out"), icon: "out", run: () => { void signOut(); } },
	];
}

function useFoundCustomers(typed: string): Command[] {
	const wanted = useDeferredValue(typed.trim());
	const may = useMay();
	const navigate = useNavigate();
	const found = useInfiniteQuery({ ...customersQuery(wanted), enabled: wanted.length >= SEARCH_FROM && may("customers:read"), placeholderData: keepPreviousData });
	if (wanted.length < SEARCH_FROM) {
		return [];
	}
	return (found.data?.pages[0]?.data ?? []).slice(0, FOUND).map((c) => ({
		label: fullName(c), note: c.phone ?? c.email ?? c.number, icon: "customers" satisfies IconName,
		run: () => { void navigate({ to: "/customers/$customerId", params: { customerId: c.id } }); },
	}));
}

export default function Palette({ close }: { close: () => void }) {
	const { say } = useTexts();
	const [typed, setTyped] = useState("");
	const [at, setAt] = useState(0);
	const customers = useFoundCustomers(typed);
	const shown = [...commandsFor(useCommands(), typed), ...customers];
	const chosen = Math.min(at, shown.length - 1);
	const run = (command: Command | undefined) => {
		if (command) {
			close();
			command.run();
		}
	};
	const keys = (e: KeyboardEvent) => {
		const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
		if (step !== 0) {
			e.preventDefault();
			setAt((chosen + step + shown.length) % Math.max(shown.length, 1));
		} else if (e.key === "Enter") {
			e.preventDefault();
			run(shown[chosen]);
		}
	};
	return (
		<Modal bare close={close} title={say("palette.title")}>
			<div className="palette">
				<input data-autofocus role="combobox" aria-expanded aria-controls="palette-list" aria-activedescendant={shown.length > 0 ? `command-${chosen}` : undefined}
					aria-label={say("palette.title")} placeholder={say("palette.hint")} value={typed} autoComplete="off"
					onChange={(e) => { setTyped(e.currentTarget.value); setAt(0); }} onKeyDown={keys} />
				<ul id="palette-list" role="listbox" aria-label={say("palette.title")}>
					{shown.map((c, i) => (
						<li key={`${i} ${c.label}`} id={`command-${i}`} role="option" aria-selected={i === chosen} onClick={() => run(c)} onMouseMove={() => setAt(i)}>
							<Icon name={c.icon} /><span>{c.label}</span>{c.note && <small>{c.note}</small>}
						</li>
					))}
				</ul>
				<p className="palette-none" role="status">{shown.length === 0 ? say("palette.none") : ""}</p>
			</div>
		</Modal>
	);
}
