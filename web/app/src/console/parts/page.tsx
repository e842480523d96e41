// The frame of a room: where one is, what it is called, what can be done.

import { Link } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { useMe } from "../data/me.ts";
import { Icon } from "./icons.tsx";

interface RoomProps {
	title: string;
	/** The way back to the list that this is a part of. */
	back?: { to: string; label: string };
	/** One sentence on what the room is for. */
	intro?: string;
	actions?: ReactNode;
	children: ReactNode;
}

export function Room({ title, back, intro, actions, children }: RoomProps) {
	const { organization } = useMe();
	useEffect(() => {
		document.title = `${title} · ${organization.name}`;
	}, [title, organization.name]);
	return (
		<>
			<header className="room-head">
				<div>
					{back && <Link className="back" to={back.to}><Icon name="back" />{back.label}</Link>}
					<h1 tabIndex={-1} id="title">{title}</h1>
					{intro && <p className="intro">{intro}</p>}
				</div>
				{actions && <div className="actions">{actions}</div>}
			</header>
			{children}
		</>
	);
}

/** A part of a room, on paper of its own. */
export function Sheet({ title, actions, children }: { title?: string; actions?: ReactNode; children: ReactNode }) {
	return (
		<section className="sheet">
			{(title || actions) && <div className="sheet-head">{title && <h2>{title}</h2>}{actions}</div>}
			{children}
		</section>
	);
}

/** Facts in two columns. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
	return <dl className="facts">{facts.filter(([, fact]) => fact !== undefined && fact !== "").map(([name, fact]) => <div key={name}><dt>{name}</dt><dd>{fact}</dd></div>)}</dl>;
}
