import { useEffect, useState } from "react";
import { readHandle } from "../domain/handle.ts";
import { BURST_MS, MIN_LENGTH, Wedge } from "../domain/wedge.ts";
import { Icon } from "../screens/Icon.tsx";
import { say } from "./texts.ts";

interface Reading {
	text: string;
	/** In milliseconds; undefined if it was not read as a scanner's. */
	slowest: number | undefined;
	repeat: boolean;
}

function verdict({ text, slowest, repeat }: Reading): { good: boolean; text: string } {
	if (slowest === undefined) {
		return { good: false, text: say("test.slow", { count: BURST_MS }) };
	}
	if (repeat) {
		return { good: true, text: say("test.repeat") };
	}
	const kind = readHandle(text).kind;
	return kind === "code" || kind === "number" ? { good: true, text: say("test.good") } : { good: false, text: say("test.not_code") };
}

/** Shows what a keyboard scanner sends, and whether the till can work with it. */
export function ScannerTest() {
	const [reading, setReading] = useState<Reading>();
	useEffect(() => {
		const wedge = new Wedge();
		let typed = "";
		const hear = (e: KeyboardEvent) => {
			if (e.ctrlKey || e.metaKey || e.altKey) {
				return;
			}
			const meaning = wedge.feed({ key: e.key, at: e.timeStamp });
			if (meaning.kind === "read" || meaning.kind === "repeat") {
				e.preventDefault();
				setReading({ text: meaning.text, slowest: Math.round(meaning.slowest), repeat: meaning.kind === "repeat" });
				typed = "";
			} else if (e.key === "Enter") {
				if (typed.length >= MIN_LENGTH) {
					e.preventDefault();
					setReading({ text: typed, slowest: undefined, repeat: false });
				}
				typed = "";
			} else if (e.key.length === 1) {
				typed = (typed + e.key).slice(-64);
			}
		};
		document.addEventListener("keydown", hear, true);
		return () => document.removeEventListener("keydown", hear, true);
	}, []);
	const told = reading && verdict(reading);
	return (
		<section className="sheet room">
			<h1>{say("test.title")}</h1>
			<p>{say("test.text")}</p>
			<div role="status" id="reading">
				{!reading || !told
					? <p className="ready"><Icon name="scan" />{say("test.nothing")}</p>
					: <>
						<div className={`outcome ${told.good ? "good" : "refused"}`}><Icon name={told.good ? "good" : "refused"} /><p className="outcome-text">{told.text}</p></div>
						<dl>
							<dt>{say("test.read")}</dt><dd className="spaced">{reading.text}</dd>
							{reading.slowest !== undefined && <><dt>{say("test.pace")}</dt><dd>{reading.slowest} ms</dd></>}
						</dl>
					</>}
			</div>
		</section>
	);
}
