// What is around every room: who is signed in and where, the navigation, the palette.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Refused } from "../../api/problem.ts";
import { headingOnTop, keepFocus } from "../../focus/kept.ts";
import { meQuery } from "../data/me.ts";
import { Loading } from "../parts/loading.tsx";
import { Problem } from "../parts/problem.tsx";
import { speakRooms, useTexts } from "../texts.ts";
import { Navigation } from "./navigation.tsx";
import { AtTill, SignIn } from "./signin.tsx";
import { Top } from "./top.tsx";

const Palette = lazy(async () => {
	const [module] = await Promise.all([import("./palette.tsx"), speakRooms()]);
	return module;
});

export function Shell() {
	const me = useQuery({ ...meQuery, refetchOnWindowFocus: "always" });
	const queries = useQueryClient();
	const organization = me.data?.organization.id;
	const before = useRef(organization);
	// Another organization's things must not be shown, nor what somebody else may see.
	useEffect(() => {
		if (before.current && organization && before.current !== organization) {
			queries.clear();
			void queries.invalidateQueries();
		}
		before.current = organization ?? before.current;
	}, [organization, queries]);

	const signedOut = me.error instanceof Refused && me.error.code === "unauthenticated";
	if (!me.data) {
		return signedOut ? <SignIn /> : <div className="alone">{me.isError ? <Problem error={me.error} retry={() => void me.refetch()} /> : <Loading />}</div>;
	}
	if (me.data.kind !== "session") {
		return <AtTill name={me.data.staff_name ?? ""} />;
	}
	return (
		<>
			{signedOut && <SignIn again />}
			{/* What was being typed is still there after signing in again. */}
			<div hidden={signedOut}><Rooms /></div>
		</>
	);
}

function Rooms() {
	const { say } = useTexts();
	const [menu, setMenu] = useState(false);
	const [palette, setPalette] = useState(false);
	// Where one is: the room that was asked for may still be on its way.
	const path = useRouterState({ select: (s) => (s.resolvedLocation ?? s.location).pathname });
	const main = useRef<HTMLElement>(null);
	const entered = useRef(path);
	useEffect(() => {
		// Those who listen hear where they are now; the first page has its own reading order.
		if (entered.current !== path) {
			entered.current = path;
			(document.getElementById("title") ?? main.current)?.focus({ preventScroll: true });
		}
	}, [path]);
	useEffect(() => keepFocus(() => headingOnTop("#title", "#main")), []);
	useEffect(() => {
		const opens = (e: KeyboardEvent) => {
			if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
				e.preventDefault();
				setPalette((open) => !open);
			}
		};
		addEventListener("keydown", opens);
		return () => removeEventListener("keydown", opens);
	}, []);
	return (
		<div className="shell">
			<a className="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{say("app.skip")}</a>
			<Top menu={menu} toggleMenu={() => setMenu(!menu)} openPalette={() => setPalette(true)} />
			<Navigation open={menu} close={() => setMenu(false)} />
			<main id="main" ref={main} tabIndex={-1}>
				<Suspense fallback={<Loading />}><Outlet /></Suspense>
			</main>
			{palette && <Suspense><Palette close={() => setPalette(false)} /></Suspense>}
		</div>
	);
}
