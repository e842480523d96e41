import { type SubmitEvent, useState, useSyncExternalStore } from "react";
import { chooseLocale, keepLocale, LANGUAGES, LOCALES, type Locale, speak } from "../../locale/locale.ts";
import { problemCatalog } from "../../problem/sentence.ts";
import { install, installOffer, watchOffer } from "../device/install.ts";
import { Dialog } from "../screens/Dialog.tsx";
import { Icon } from "../screens/Icon.tsx";
import { MAX_PIN } from "../screens/People.tsx";
import { useTill } from "../screens/till.ts";
import { tillCatalog } from "../texts.ts";
import { say, settingsCatalog } from "./texts.ts";

const LOCK_MINUTES = [1, 2, 5, 15, 30];

/** Installs the till as an app, where the browser offers it. */
function Install() {
	const offer = useSyncExternalStore(watchOffer, installOffer);
	return offer && <button className="button quiet" type="button" onClick={install}>{say("settings.install")}</button>;
}

export function SettingsRoom({ go }: { go: (room: "test") => void }) {
	const { till, view } = useTill();
	const { settings } = view;
	const [locale, setLocale] = useState<Locale>(chooseLocale(view.shop?.organization.locale));
	const set = (change: Partial<typeof settings>) => void till.core.setSettings(change);
	const choose = (l: Locale) => {
		setLocale(l);
		keepLocale(l);
		void speak(l, [problemCatalog, tillCatalog, settingsCatalog]);
	};
	return (
		<section className="sheet room">
			<h1>{say("bar.settings")}</h1>
			<Tick id="automatic" label={say("settings.automatic")} hint={say("settings.automatic_hint")} on={settings.automatic} set={(automatic) => set({ automatic })} />
			<Tick id="sound" label={say("settings.sound")} on={!settings.silent} set={(on) => set({ silent: !on })} />
			<div className="field">
				<label htmlFor="lock-after">{say("settings.lock_after")}</label>
				<select id="lock-after" value={settings.lockAfter} onChange={(e) => set({ lockAfter: Number(e.target.value) })}>
					{LOCK_MINUTES.map((n) => <option key={n} value={n}>{say("settings.minutes", { count: n })}</option>)}
				</select>
			</div>
			<div className="field">
				<label htmlFor="language">{say("settings.language")}</label>
				<select id="language" value={locale} onChange={(e) => choose(e.target.value as Locale)}>
					{LOCALES.map((l) => <option key={l} value={l} lang={l}>{LANGUAGES[l]}</option>)}
				</select>
			</div>
			<div className="buttons">
				<button className="button quiet" type="button" onClick={() => go("test")}><Icon name="scan" />{say("test.title")}</button>
				<button className="button quiet" type="button" onClick={() => till.people.lock()}><Icon name="lock" />{say("till.lock")}</button>
				<Install />
			</div>
			<Leave />
		</section>
	);
}

interface TickProps {
	id: string;
	label: string;
	hint?: string;
	on: boolean;
	disabled?: boolean;
	set: (on: boolean) => void;
}

function Tick({ id, label, hint, on, disabled = false, set }: TickProps) {
	return (
		<div className="tick">
			<input id={id} type="checkbox" checked={on} disabled={disabled} onChange={(e) => set(e.target.checked)} aria-describedby={hint ? `${id}-hint` : undefined} />
			<label htmlFor={id}>{label}</label>
			{hint && <p className="hint" id={`${id}-hint`}>{hint}</p>}
		</div>
	);
}

function Leave() {
	const [asked, setAsked] = useState(false);
	return (
		<>
			<button className="button quiet" type="button" onClick={() => setAsked(true)}>{say("settings.leave")}</button>
			{asked && <LeaveDialog onClose={() => setAsked(false)} />}
		</>
	);
}

/** Whoever takes a till out of service shows by their PIN that they may. */
function LeaveDialog({ onClose }: { onClose: () => void }) {
	const { till, view } = useTill();
	const staff = view.shop?.staff ?? [];
	const [who, setWho] = useState(view.cashier?.staffId ?? "");
	const [pin, setPin] = useState("");
	const [refused, setRefused] = useState("");
	const [busy, setBusy] = useState(false);
	const submit = async (e: SubmitEvent) => {
		e.preventDefault();
		if (busy) {
			return;
		}
		setBusy(true);
		setRefused(await till.people.leave(who, pin));
		setBusy(false);
		setPin("");
	};
	return (
		<Dialog title={say("settings.leave")} onClose={onClose}>
			<p>{say("settings.leave_text")}</p>
			<form noValidate onSubmit={(e) => void submit(e)}>
				<p className="complaint" id="leave-error" role="alert">{refused}</p>
				<div className="field">
					<label htmlFor="leave-who">{say("settings.leave_who")}</label>
					<select id="leave-who" value={who} onChange={(e) => setWho(e.target.value)}>
						{staff.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
					</select>
				</div>
				<div className="field">
					<label htmlFor="leave-pin">{say("till.pin_label")}</label>
					<input id="leave-pin" type="password" inputMode="numeric" maxLength={MAX_PIN} autoComplete="off" value={pin} aria-describedby="leave-error"
						onChange={(e) => setPin(e.target.value.replace(/\D/g, ""))} />
				</div>
				<div className="buttons">
					<button className="button quiet" type="button" onClick={onClose}>{say("counter.cancel")}</button>
					<button className="button main" type="submit" disabled={busy}>{say("settings.leave")}</button>
				</div>
			</form>
		</Dialog>
	);
}
