// Nobody is signed in. Ways to sign in are listed in WAYS; the one there is now is a
// link that works once, which web/signin.go turns into the session's cookie.

import { useState, type ComponentType, type SyntheticEvent } from "react";
import { useTexts } from "../texts.ts";
import { Preferences } from "./preferences.tsx";
import { signInPath } from "./signin_link.ts";

/** Ways to sign in, the usual one first. */
const WAYS: readonly ComponentType[] = [ByLink];

/** Asks to sign in; again means that somebody was signed in a moment ago. */
export function SignIn({ again }: { again?: boolean }) {
	const { say } = useTexts();
	return (
		<main className="alone">
			<h1>{say("signin.title")}</h1>
			<p>{say(again ? "signin.again" : "signin.text")}</p>
			{WAYS.map((Way, i) => <Way key={i} />)}
			<Preferences />
		</main>
	);
}

function ByLink() {
	const { say } = useTexts();
	const [link, setLink] = useState("");
	const [wrong, setWrong] = useState(false);
	const open = (e: SyntheticEvent) => {
		e.preventDefault();
		const path = signInPath(link, location.origin);
		setWrong(!path);
		if (path) {
			location.assign(path);
		}
	};
	return (
		<form onSubmit={open} noValidate className="sheet">
			<h2>{say("signin.link_title")}</h2>
			<p>{say("signin.link_text")}</p>
			<p><code>leima sign-in --staff aino@example.org</code></p>
			<label htmlFor="link">{say("signin.link_label")}</label>
			<input id="link" type="url" autoComplete="off" value={link} onChange={(e) => setLink(e.currentTarget.value)}
				aria-invalid={wrong} aria-describedby={wrong ? "link-wrong" : undefined} />
			{wrong && <p id="link-wrong" className="complaint" role="alert">{say("signin.link_wrong")}</p>}
			<button type="submit" className="button main">{say("signin.link_open")}</button>
		</form>
	);
}

/** Somebody is signed in, but at a till: that session is not for the console. */
export function AtTill({ name }: { name: string }) {
	const { say } = useTexts();
	return (
		<main className="alone">
			<h1>{say("signin.till_title")}</h1>
			<p>{say("signin.till_text", { name })}</p>
			<p><a className="button" href="/till">{say("signin.till_link")}</a></p>
			<ByLink />
		</main>
	);
}
