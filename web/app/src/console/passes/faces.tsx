// Drawings of passes as the two wallets lay them out.

import { encode } from "uqr";
import type { Schema } from "../../api/client.ts";
import { initial } from "../format.ts";
import { modulesPath } from "../parts/modules.ts";
import "../brand/pass_face.css";

type Fact = readonly [label: string, value: string];

export interface PassFace {
	shop: string;
	/** The address of the logo, undefined where there is none. */
	logo?: string;
	program: string;
	/** The address of the strip, undefined until it is drawn, and what it shows. */
	strip: string | undefined;
	alt: string;
	code: Schema["PassBarcode"];
	balance: Fact;
	front: readonly Fact[];
	back: readonly Fact[];
}

/** A code of the form that cards have. It leads to nobody. */
const SAMPLE_CODE = "K7QM2XWD4RTB9HFC0";

export function AppleFront({ face }: { face: PassFace }) {
	return (
		<div className="pass apple">
			<div className="pass-head"><Mark face={face} />{!face.logo && <span className="pass-shop">{face.shop}</span>}<span className="pass-value"><small>{face.balance[0]}</small><strong>{face.balance[1]}</strong></span></div>
			<Strip face={face} />
			<Facts facts={face.front} />
			<Code kind={face.code} />
		</div>
	);
}

export function GoogleFront({ face }: { face: PassFace }) {
	return (
		<div className="pass google">
			<div className="pass-head"><Mark face={face} round /><span className="pass-shop">{face.shop}</span></div>
			<p className="pass-title">{face.program}</p>
			<Facts facts={[face.balance, ...face.front]} />
			<Code kind={face.code} />
			<Strip face={face} />
		</div>
	);
}

/** The back, or what Google shows below the card. */
export function Back({ face, apple }: { face: PassFace; apple: boolean }) {
	return (
		<div className={apple ? "pass-back apple" : "pass-back"}>
			<dl>{face.back.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
		</div>
	);
}

function Mark({ face, round }: { face: PassFace; round?: boolean }) {
	if (face.logo) {
		return <img className={round ? "pass-mark round" : "pass-logo"} src={face.logo} alt="" />;
	}
	return round ? <span className="pass-mark round" aria-hidden="true">{initial(face.shop)}</span> : null;
}

function Strip({ face }: { face: PassFace }) {
	return <div className="pass-strip real">{face.strip && <img src={face.strip} alt={face.alt} width="750" height="288" />}</div>;
}

function Facts({ facts }: { facts: readonly Fact[] }) {
	return <div className="pass-facts">{facts.map(([label, value]) => <span key={label}><small>{label}</small>{value}</span>)}</div>;
}

/** Where the code will be, and of what shape it is. Only the QR code is one. */
function Code({ kind }: { kind: Schema["PassBarcode"] }) {
	return <div className="pass-code">{kind === "qr" ? <QRCode /> : <Sketch kind={kind} />}</div>;
}

function QRCode() {
	const { data, size } = encode(SAMPLE_CODE, { border: 0 });
	return <svg viewBox={`0 0 ${size} ${size}`} aria-hidden="true" shapeRendering="crispEdges"><path d={modulesPath(data)} fill="#000" /></svg>;
}

/** How many modules a sketch has across and down. */
const SHAPES = { aztec: [23, 23], pdf417: [72, 12], code128: [90, 1] } as const;

function Sketch({ kind }: { kind: keyof typeof SHAPES }) {
	const [width, height] = SHAPES[kind];
	const tall = kind === "aztec" ? 1 : kind === "pdf417" ? 2 : 24;
	const dark = (x: number, y: number) => {
		if (kind !== "aztec") {
			const edge = x < 4 || x >= width - 4; // the bars at both ends go all the way down
			return edge ? x % 2 === 0 : ((x * 37 + y * 91 + x * y * 13) % 7) < 3;
		}
		const ring = Math.max(Math.abs(x - 11), Math.abs(y - 11));
		return ring <= 5 ? ring % 2 === 0 : ((x * 31 + y * 57 + x * y) % 5) < 2;
	};
	const path = Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width)] as const)
		.filter(([x, y]) => dark(x, y)).map(([x, y]) => `M${x} ${y * tall}h1v${tall}h-1z`).join("");
	return <svg className={kind} viewBox={`0 0 ${width} ${height * tall}`} aria-hidden="true" shapeRendering="crispEdges"><path d={path} fill="#000" /></svg>;
}
