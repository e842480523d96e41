// What the front of a pass will look like in a wallet: Apple's store card and Google's
// loyalty card. It is a drawing; real pictures of the strip can take the place of ours.

import type { CSSProperties, ReactNode } from "react";
import { encode } from "uqr";
import { initial, number } from "../format.ts";
import { modulesPath } from "../parts/modules.ts";
import { brandColors } from "./colors.ts";
import { columnsFor, type CardLook, type Look, type Say } from "./face.tsx";
import "./pass_face.css";

export interface PassLook extends CardLook {
	/** The address of a picture of the strip, undefined where it is drawn. */
	strip?: string;
}

interface PassProps {
	look: Look;
	pass: PassLook;
	say: Say;
}

/** A code of the form that cards have. It leads to nobody. */
const SAMPLE_CODE = "K7QM2XWD4RTB9HFC0";
/** A strip shows so many stamps; a larger card is told in numbers. */
const MAX_DRAWN = 30;

/** The pass's own colours: a wallet shows them alike on light and dark screens. */
function Paper({ look, className, children }: { look: Look; className: string; children: ReactNode }) {
	const colors = brandColors(look.color) ?? brandColors("#1f4e79");
	const style = { "--pass": colors?.brand, "--on-pass": colors?.onBrand, "--pass-ink": colors?.inkBrand, "--pass-strip": `color-mix(in srgb, ${colors?.brand ?? ""} 86%, ${colors?.onBrand ?? ""})` } as CSSProperties;
	return <div className={`pass ${className}`} style={style}>{children}</div>;
}

function Mark({ look, round }: { look: Look; round?: boolean }) {
	const shape = round ? "pass-mark round" : "pass-mark";
	return look.logo ? <img className={shape} src={look.logo} alt="" /> : <span className={shape} aria-hidden="true">{initial(look.name)}</span>;
}

function Strip({ pass }: { pass: PassLook }) {
	if (pass.strip) {
		return <div className="pass-strip"><img src={pass.strip} alt="" /></div>;
	}
	const goal = pass.goal <= MAX_DRAWN ? pass.goal : 0;
	return (
		<div className="pass-strip" style={{ gridTemplateColumns: `repeat(${Math.min(columnsFor(goal) * (goal > 10 ? 2 : 1), 10)}, minmax(0, 2.1rem))` }} aria-hidden="true">
			{Array.from({ length: goal }, (_, i) => (
				<span key={i} className={i < pass.filled ? "pass-stamp on" : "pass-stamp"}>{i >= pass.filled && (i + 1 === goal || pass.prizes.includes(i + 1)) ? "★" : ""}</span>
			))}
		</div>
	);
}

function Code() {
	const { data, size } = encode(SAMPLE_CODE, { border: 0 });
	return <div className="pass-code"><svg viewBox={`0 0 ${size} ${size}`} aria-hidden="true" shapeRendering="crispEdges"><path d={modulesPath(data)} fill="#000" /></svg></div>;
}

const balance = (pass: PassLook) => `${number(pass.filled)}/${number(pass.goal)}`;

export function ApplePass({ look, pass, say }: PassProps) {
	return (
		<Paper look={look} className="apple">
			<div className="pass-head"><Mark look={look} /><span className="pass-shop">{look.name}</span><span className="pass-value"><small>{say("preview.stamps")}</small><strong>{balance(pass)}</strong></span></div>
			<Strip pass={pass} />
			<div className="pass-fields">
				<span><small>{say("preview.next")}</small>{pass.reward || "…"}</span>
				<span><small>{say("preview.to_go")}</small>{number(pass.goal - pass.filled)}</span>
			</div>
			<Code />
		</Paper>
	);
}

export function GooglePass({ look, pass, say }: PassProps) {
	return (
		<Paper look={look} className="google">
			<div className="pass-head"><Mark look={look} round /><span className="pass-shop">{look.name}</span></div>
			<p className="pass-title">{pass.program}</p>
			<div className="pass-fields">
				<span><small>{say("preview.stamps")}</small>{balance(pass)}</span>
				<span><small>{say("preview.next")}</small>{pass.reward || "…"}</span>
			</div>
			<Code />
			<Strip pass={pass} />
		</Paper>
	);
}
