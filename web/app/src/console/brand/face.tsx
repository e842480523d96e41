// The customer's card and the head of the join page, as web/templates/card.html and
// join.html show them, for looking at while something is edited.

import type { CSSProperties, ReactNode } from "react";
import type { Organization } from "../data/me.ts";
import { initial } from "../format.ts";
import type { ConsoleText } from "../texts.ts";
import { brandColors, type Scheme } from "./colors.ts";
import "./face.css";

export interface Look {
	name: string;
	color: string;
	/** Colours of texts on the colour, where they were chosen. */
	text?: string;
	accent?: string;
	/** The address of the logo, undefined where the first letter stands instead. */
	logo?: string;
}

export const lookOf = (o: Organization): Look => ({
	name: o.name, color: o.brand.color, text: o.brand.text_color ?? "", accent: o.brand.accent_color ?? "", ...(o.brand.logo && { logo: o.brand.logo }),
});

/** Says the words of a face: in the console's language or another. */
export type Say = (id: ConsoleText, values?: Record<string, string | number>) => string;

/** Gives what is inside the organization's colours, as on a light screen or a dark one. */
export function Branded({ look, scheme = "light", children }: { look: Look; scheme?: Scheme; children: ReactNode }) {
	const wanted = { text: look.text ?? "", accent: look.accent ?? "" };
	const colors = brandColors(look.color, scheme, wanted) ?? brandColors("#1f4e79", scheme, wanted);
	const style = { "--brand": colors?.brand, "--on-brand": colors?.onBrand, "--accent-brand": colors?.accentBrand, "--ink-brand": colors?.inkBrand, "--tint-brand": colors?.tintBrand } as CSSProperties;
	return <div className={`branded ${scheme}`} style={style}>{children}</div>;
}

export function Shop({ look }: { look: Look }) {
	return (
		<>
			{look.logo ? <img className="face-logo" src={look.logo} alt="" width="48" height="48" /> : <span className="face-logo letter" aria-hidden="true">{initial(look.name)}</span>}
			<span className="face-shop">{look.name}</span>
		</>
	);
}

export interface CardLook {
	program: string;
	goal: number;
	filled: number;
	/** The stamps at which a reward is given on the way. */
	prizes: readonly number[];
	reward: string;
	/** Whether there are terms to link to. */
	terms?: boolean;
}

/** How many stamps stand in a row; web/card_face.go has the same rule. */
export function columnsFor(goal: number): number {
	if (goal <= 4) {
		return Math.max(goal, 2);
	}
	if (goal === 6 || goal === 9) {
		return 3;
	}
	if ([7, 8, 11, 12].includes(goal)) {
		return 4;
	}
	return goal <= 20 ? 5 : goal <= 40 ? 6 : 10;
}

export function CardFace({ look, card, say }: { look: Look; card: CardLook; say: Say }) {
	const { goal, filled } = card;
	return (
		<div className="face">
			<div className="face-band"><Shop look={look} /><span className="face-program">{card.program}</span></div>
			<div className="face-paper">
				<div className="face-stamps" style={{ gridTemplateColumns: `repeat(${columnsFor(goal)}, 1fr)` }} aria-hidden="true">
					{Array.from({ length: goal }, (_, i) => {
						const prize = i + 1 === goal || card.prizes.includes(i + 1);
						return <span key={i} className={`face-slot${i < filled ? " on" : ""}${prize ? " prize" : ""}`}>{i < filled ? initial(look.name) : prize ? "★" : i + 1}</span>;
					})}
				</div>
				<p className="face-said"><strong>{say("preview.progress", { balance: filled, count: goal })}</strong> {say("preview.missing", { count: goal - filled })}</p>
				<p className="face-next">{say("preview.next")}<strong>{card.reward || "…"}</strong></p>
				{card.terms && <p className="face-terms">{say("preview.terms")}</p>}
			</div>
		</div>
	);
}

export interface JoinLook {
	goal: number;
	reward: string;
	extras: readonly (readonly [reward: string, when: string])[];
	/** A line of the shop's own, "" for none. */
	welcome?: string;
	terms?: boolean;
}

export function JoinFace({ look, join, say }: { look: Look; join: JoinLook; say: Say }) {
	return (
		<div className="face join">
			<div className="face-head"><Shop look={look} /></div>
			{join.welcome && <p className="face-welcome">{join.welcome}</p>}
			<p className="face-promise">{say("preview.promise", { count: join.goal })} <strong>{join.reward || "…"}</strong></p>
			{join.extras.length > 0 && (
				<ul>{join.extras.map(([reward, when], i) => <li key={i}><span aria-hidden="true">★</span> <strong>{reward || "…"}</strong> {when}</li>)}</ul>
			)}
			<p className="face-button" aria-hidden="true">{say("preview.join_button")}</p>
			{join.terms && <p className="face-terms">{say("preview.terms")}</p>}
		</div>
	);
}
