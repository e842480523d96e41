import { Link } from "@tanstack/react-router";
import { useTexts } from "../texts.ts";
import { Room } from "./page.tsx";

/** An address where nothing is. */
export function Lost() {
	const { say } = useTexts();
	return <Room title={say("app.lost_title")} intro={say("app.lost_text")}><Link className="button" to="/">{say("home.title")}</Link></Room>;
}
