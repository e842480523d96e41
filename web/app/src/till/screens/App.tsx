import { useLingui } from "@lingui/react";
import { useEffect, useRef, useState } from "react";
import { Unanswered } from "../../api/problem.ts";
import { focusOn, headingOnTop, keepFocus } from "../../focus/kept.ts";
import { time } from "../../locale/locale.ts";
import "../device/install.ts"; // the browser offers it early
import { explain, say } from "../texts.ts";
import { Activity, Review } from "./Activity.tsx";
import { Counter } from "./Counter.tsx";
import { Icon } from "./Icon.tsx";
import { Pair, Who } from "./People.tsx";
import { useTill } from "./till.ts";

export type Room = "counter" | "today" | "review" | "settings" | "test";

/** Rooms that come when somebody first goes there. */
let later: typeof import("../settings/rooms.ts") | undefined;

async function loadLater(): Promise<void> {
	if (!later) {
		const rooms = await import("../settings/rooms.ts");
		await rooms.speakHere();
		later = rooms;
	}
}

const heading = () => headingOnTop("#who", "main h1");

export function App() {
	useLingui(); // draws everything anew when the language changes
	const { till, view } = useTill();
	const [chosen, setChosen] = useState<{ room: Room; by: string | undefined }>({ room: "counter", by: undefined });
	// Everybody begins at the counter.
	const by = view.cashier?.token;
	const room = chosen.by === by ? chosen.room : "counter";
	const setRoom = (next: Room) => {
		if (next === "settings" || next === "test") {
			loadLater().then(() => setChosen({ room: next, by }), (e: unknown) => till.core.tell("unknown", say("counter.failed"), explain(new Unanswered("", { cause: e }))));
		} else {
			setChosen({ room: next, by });
		}
	};
	const title = say("till.title");
	useEffect(() => {
		document.title = [title, view.shop?.organization.name].filter(Boolean).join(" · ");
	}, [title, view.shop]);
	useEffect(() => keepFocus(heading), []);
	const screen = view.step === "work" ? room : view.step;
	const entered = useRef(screen);
	useEffect(() => {
		// Those who listen hear where they are now, even if what they pressed is still there.
		if (entered.current !== screen) {
			entered.current = screen;
			focusOn(heading());
		}
	}, [screen]);
	return (
		<>
			<TopBar room={room} go={setRoom} />
			<Banners go={setRoom} />
			<main className={view.step === "work" ? "wide" : ""}>
				{view.step === "pair" && <Pair />}
				{view.step === "who" && <Who />}
				{view.step === "work" && <Rooms room={room} go={setRoom} />}
			</main>
		</>
	);
}

function Rooms({ room, go }: { room: Room; go: (room: Room) => void }) {
	switch (room) {
		case "counter":
			return <Counter />;
		case "today":
			return <Activity />;
		case "review":
			return <Review />;
		case "settings":
			return later ? <later.SettingsRoom go={go} /> : null;
		case "test":
			return later ? <later.ScannerTest /> : null;
	}
}

function TopBar({ room, go }: { room: Room; go: (room: Room) => void }) {
	const { till, view } = useTill();
	const brand = view.shop?.organization;
	return (
		<header className="top">
			<div className={view.cashier ? "shop working" : "shop"}>
				{brand?.brand.has_logo
					? <img className="logo" src={brand.brand.logo ?? `/brand/${brand.slug}/logo`} alt="" />
					: <span className="logo letter" aria-hidden="true">{(brand?.name ?? "Leima").slice(0, 1)}</span>}
				<p><strong>{brand?.name ?? "Leima"}</strong><span className="where">{view.shop?.location?.name}</span></p>
			</div>
			{view.cashier && (
				<nav className="tools">
					{room === "counter"
						? <>
							<Tool icon="list" label={say("bar.today")} press={() => go("today")} />
							<Tool icon="gear" label={say("bar.settings")} press={() => go("settings")} />
						</>
						: <Tool icon="back" label={say("bar.back")} press={() => go(room === "test" ? "settings" : "counter")} />}
					<button className="button quiet who" type="button" onClick={() => till.people.lock()}>
						<Icon name="person" /><span className="name">{view.cashier.name}</span><span className="said-only">{say("bar.hand_over")}</span>
					</button>
				</nav>
			)}
		</header>
	);
}

function Tool({ icon, label, press }: { icon: "list" | "gear" | "back"; label: string; press: () => void }) {
	return <button className="button quiet tool" type="button" onClick={press}><Icon name={icon} /><span>{label}</span></button>;
}

/** What the till wants to be known: no network, what waits, what is for review, a new version. */
function Banners({ go }: { go: (room: Room) => void }) {
	const { till, view } = useTill();
	const waiting = view.commands.filter((c) => c.state === "waiting");
	const reviews = view.commands.filter((c) => c.state === "review").length;
	const oldest = waiting[0];
	return (
		<div className="banners" aria-live="polite">
			{(view.network === "gone" || oldest) && view.device && (
				<p className={view.network === "gone" ? "banner gone" : "banner"}>
					<Icon name={view.network === "gone" ? "cloud" : "saved"} />
					<span>
						{view.network === "gone" && <><strong>{say("offline.banner")}</strong> </>}
						{oldest
							? <span id="waiting">{say("offline.waiting", { count: waiting.length })} {say("offline.since", { time: time(oldest.at) })}</span>
							: say("offline.banner_text")}
					</span>
				</p>
			)}
			{reviews > 0 && view.cashier && (
				<p className="banner review"><Icon name="flag" />
					<button className="link" type="button" onClick={() => go("review")}>{say("bar.review", { count: reviews })}</button></p>
			)}
			{view.update && !view.found && (
				<p className="banner"><Icon name="saved" /><span>{say("update.ready")}</span>
					<button className="link" type="button" onClick={() => till.core.loadUpdate()}>{say("update.load")}</button></p>
			)}
		</div>
	);
}
