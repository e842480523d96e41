// The pairing code, for somebody who stands at the new till: large, with the time that
// is left, and the news that it was used.

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Schema } from "../../api/client.ts";
import { tillsQuery } from "../data/tills.ts";
import { Icon } from "../parts/icons.tsx";
import { Sheet } from "../parts/page.tsx";
import { QR } from "../parts/qr.tsx";
import { useTexts } from "../texts.ts";
import { clock, spelled } from "./pairing.ts";

interface CodeProps {
	code: Schema["PairingCode"];
	location: string;
	again: () => void;
}

/** How often it is looked whether the till is there. */
const LOOK_MS = 2_000;

function useNow(): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, []);
	return now;
}

export function Code({ code, location: branch, again }: CodeProps) {
	const { say } = useTexts();
	const [since] = useState(Date.now);
	const left = Date.parse(code.expires_at) - useNow();
	const tills = useQuery({ ...tillsQuery, refetchInterval: left > 0 ? LOOK_MS : false }).data ?? [];
	// The code's till is the one of that name that was not there before; clocks may differ by a minute.
	const paired = tills.find((t) => !t.revoked_at && t.name === code.name && t.location_id === code.location_id && Date.parse(t.created_at) > since - 60_000);
	if (paired) {
		return (
			<Sheet>
				<p className="paired" role="status"><Icon name="good" /> {say("tills.paired", { name: paired.name })}</p>
				<p>{say("tills.paired_text")}</p>
				<div className="row"><Link className="button main" to="/tills">{say("tills.title")}</Link><Button variant="default" onClick={again}>{say("tills.another")}</Button></div>
			</Sheet>
		);
	}
	const address = `${location.origin}/till`;
	return (
		<Sheet title={`${code.name} · ${branch}`}>
			{left > 0 ? (
				<div className="pairing">
					<div>
						<p>{say("tills.code_text", { address: address.replace(/^https?:\/\//, "") })}</p>
						<p className="big-code" translate="no" data-code={code.code}>{spelled(code.code).map((part) => <span key={part}>{part}</span>)}</p>
						<p>{say("tills.code_left")} <strong role="timer">{clock(left)}</strong></p>
						<p className="hint">{say("tills.code_once")}</p>
					</div>
					{/* The address after # stays in the browser that opens it. */}
					<QR text={`${address}#code=${encodeURIComponent(code.code)}`} label={say("tills.qr")} />
				</div>
			) : (
				<>
					<p role="status">{say("tills.code_over")}</p>
					<Button onClick={again}>{say("tills.another_code")}</Button>
				</>
			)}
		</Sheet>
	);
}
