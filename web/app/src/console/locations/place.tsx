// Where a branch is: typed, pasted from a map or told by this device.

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { Icon } from "../parts/icons.tsx";
import { useComplaints } from "../parts/form.tsx";
import { useTexts } from "../texts.ts";
import { degrees, pasted, rounded, type Typed } from "./coordinates.ts";
import "./place.css";

/** How long a device may look for itself. */
const LOOK_MS = 15_000;

interface PlaceProps {
	value: Typed;
	change: (typed: Typed) => void;
	error: unknown;
}

export function PlaceFields({ value, change, error }: PlaceProps) {
	const { say } = useTexts();
	const complaint = useComplaints(error);
	const begun = value.latitude.trim() !== "" || value.longitude.trim() !== "";
	const field = (part: keyof Typed) => (
		<TextInput label={say(`locations.${part}`)} value={value[part]} inputMode="text" autoComplete="off" maxLength={60}
			onChange={(e) => change(pasted(e.currentTarget.value) ?? { ...value, [part]: e.currentTarget.value })}
			error={(begun && degrees(part, value[part]) === undefined && say(`locations.${part}_wrong`)) || complaint(`coordinates.${part}`)} />
	);
	return (
		<fieldset className="place">
			<legend>{say("locations.place")}</legend>
			<p className="hint">{say("locations.place_text")}</p>
			<div className="row">{field("latitude")}{field("longitude")}</div>
			<Here change={change} />
		</fieldset>
	);
}

/** Asks this device where it is. It does so when the button is pressed, and at no other time. */
function Here({ change }: { change: (typed: Typed) => void }) {
	const { say } = useTexts();
	const [state, setState] = useState<"" | "looking" | "refused">("");
	if (!("geolocation" in navigator)) {
		return null;
	}
	const look = () => {
		setState("looking");
		navigator.geolocation.getCurrentPosition(
			({ coords }) => { setState(""); change(rounded(coords)); },
			() => setState("refused"),
			{ enableHighAccuracy: true, timeout: LOOK_MS },
		);
	};
	return (
		<>
			<Button variant="default" loading={state === "looking"} onClick={look}>{say("locations.here")}</Button>
			{state === "refused" && <p className="complaint" role="alert"><Icon name="bad" /> {say("locations.here_refused")}</p>}
		</>
	);
}
