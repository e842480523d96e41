import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useMay, useMe } from "../data/me.ts";
import { isElsewhere } from "../format.ts";
import { Icon } from "../parts/icons.tsx";
import { GROUPS, type Entry } from "../section.ts";
import { sections } from "../sections.ts";
import { useTexts } from "../texts.ts";
import { Preferences } from "./preferences.tsx";
import { useSignOut } from "./signout.ts";

const entries: readonly Entry[] = sections.map((s) => s.entry);

/** How much waits in a section, if anything does. */
function Waiting({ of }: { of: NonNullable<Entry["count"]> }) {
	const { say } = useTexts();
	const count = useQuery(of).data ?? 0;
	return count > 0 && <span className="badge warn">{count}<span className="unseen"> {say("reviews.open")}</span></span>;
}

/** The ways to all sections. On a phone it is unfolded by the button in the top line. */
export function Navigation({ open, close }: { open: boolean; close: () => void }) {
	const { say } = useTexts();
	const may = useMay();
	const me = useMe();
	const signOut = useSignOut();
	const nav = useRef<HTMLElement>(null);
	useEffect(() => {
		if (!open) {
			return;
		}
		nav.current?.querySelector("a")?.focus();
		const closes = (e: KeyboardEvent) => {
			if (e.key === "Escape") {
				close();
				document.querySelector<HTMLElement>(".menu-button")?.focus();
			}
		};
		addEventListener("keydown", closes);
		return () => removeEventListener("keydown", closes);
	}, [open, close]);
	return (
		<nav id="navigation" ref={nav} className={open ? "navigation open" : "navigation"} aria-label={say("app.navigation")}>
			{GROUPS.map((group) => {
				const seen = entries.filter((e) => e.group === group && may(e.needs));
				return seen.length > 0 && (
					<div key={group}>
						<p className="group" id={`group-${group}`}>{say(`group.${group}`)}</p>
						<ul aria-labelledby={`group-${group}`}>
							{seen.map((e) => (
								<li key={e.to}><Link to={e.to} onClick={close} activeOptions={{ exact: e.to === "/" }}><Icon name={e.icon} />{say(e.label)}{e.count && <Waiting of={e.count} />}</Link></li>
							))}
						</ul>
					</div>
				);
			})}
			<div className="account">
				<p>{say("app.signed_in", { name: me.staff_name ?? "" })}</p>
				{isElsewhere() && <p>{say("app.zone", { zone: me.organization.zone })}</p>}
				<Preferences />
				<button type="button" className="plain" onClick={() => void signOut()}><Icon name="out" />{say("app.sign_out")}</button>
			</div>
		</nav>
	);
}
