import { useEffect, useRef, useState } from "react";
import { lastDay, time, words } from "../../locale/locale.ts";
import { MAX_QUANTITY } from "../domain/command.ts";
import { showNumber } from "../domain/handle.ts";
import { shown } from "../model/pace.ts";
import type { Coupon, Found } from "../model/view.ts";
import { limitSentence, say } from "../texts.ts";
import { Dialog } from "./Dialog.tsx";
import { useTill } from "./till.ts";

/** Cards up to this size are drawn with large dots. */
const LARGE_DOTS = 20;

/** One screen: who it is, what they have, what can be done. */
export function Card({ found }: { found: Found }) {
	const { till, view } = useTill();
	const [asked, setAsked] = useState<Coupon>();
	const heading = useRef<HTMLHeadingElement>(null);
	const { scan } = found;
	useEffect(() => {
		shown("card");
		heading.current?.focus({ preventScroll: true });
		heading.current?.scrollIntoView({ block: "nearest" });
	}, [found.handle]);
	return (
		<section className="sheet found" aria-labelledby="who" aria-busy={view.busy}>
			<div className="person">
				<h2 id="who" tabIndex={-1} ref={heading}>{scan ? scan.display_name : say("offline.unknown_card", { card: showNumber(found.handle) })}</h2>
				{scan?.card.status === "provisional" && <p className="flag">{say("counter.unconfirmed")}</p>}
				{found.asOf !== undefined && <p className="flag">{say("offline.as_of", { time: time(found.asOf) })}</p>}
			</div>
			{till.finding.programs().length > 1 && scan && <p className="where">{words(scan.program.name)}</p>}
			{scan ? <Progress found={found} /> : <p>{say("offline.unknown_card_text")}</p>}
			<Waiting found={found} />
			<Stamping found={found} />
			{scan && <Coupons found={found} ask={setAsked} />}
			<p className="buttons"><button className="button quiet" type="button" onClick={() => till.counter.next()}>{say("counter.next_customer")}</button></p>
			{asked && scan && (
				<Dialog title={say("counter.redeem_title")} onClose={() => setAsked(undefined)}>
					<p>{say("counter.redeem_text", { customer: scan.display_name, reward: words(asked.name) })}</p>
					<div className="buttons">
						<button className="button quiet" type="button" onClick={() => setAsked(undefined)}>{say("counter.cancel")}</button>
						<button className="button main" type="button" onClick={() => {
							setAsked(undefined);
							void till.counter.redeem(asked);
						}}>{say("counter.redeem")}</button>
					</div>
				</Dialog>
			)}
		</section>
	);
}

function Progress({ found }: { found: Found }) {
	const scan = found.scan;
	if (!scan) {
		return null;
	}
	const { card, next_reward: next } = scan;
	const filled = Math.max(card.balance, 0);
	return (
		<>
			<div className={card.goal > LARGE_DOTS ? "dots many" : "dots"} aria-hidden="true">
				{Array.from({ length: card.goal }, (_, i) => <span key={i} className={i < filled ? "on" : ""} />)}
			</div>
			<p className="said">
				<strong>{say("counter.progress", { count: card.goal, balance: filled })}</strong>{" "}
				<span>{card.balance < 0 ? say("counter.debt", { count: -card.balance }) : say("counter.missing", { count: card.goal - filled })}</span>
			</p>
			<p className="hint">{say("counter.next", { count: next.missing, reward: words(next.name) })}</p>
		</>
	);
}

/** What was given to this card and is not sent yet. */
function Waiting({ found }: { found: Found }) {
	const { till } = useTill();
	const count = till.finding.waitingFor(found);
	return count === 0 ? null : <p className="flag waits">{say("offline.plus", { count })}</p>;
}

function Stamping({ found }: { found: Found }) {
	const { till, view } = useTill();
	const [typed, setTyped] = useState("1");
	const number = Number(typed);
	const quantity = Number.isInteger(number) && number >= 1 && number <= MAX_QUANTITY ? number : 0;
	const most = till.counter.mostStamps(found);
	const refusal = found.scan?.allowed.refusal?.staff_message;
	const limit = found.allowance?.limit;
	return (
		<>
			{most === 0 && !found.allowance && refusal && <p className="refusal">{refusal}</p>}
			{found.allowance && most < quantity && limit && <p className="refusal">{limitSentence(limit)}</p>}
			<button className="button main full stamp" id="stamp" type="button" disabled={quantity === 0 || quantity > most || view.busy} onClick={() => {
				setTyped("1");
				void till.counter.stamp(quantity);
			}}>{say("counter.stamp", { count: quantity || 1 })}</button>
			<fieldset className="quantity">
				<legend>{say("counter.quantity")}</legend>
				<div className="keys">
					{[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => (
						<button className="key" type="button" key={n} data-quantity={n} aria-pressed={quantity === n} disabled={n > most} onClick={() => setTyped(String(n))}>{n}</button>
					))}
				</div>
				<div className="field">
					<label htmlFor="quantity">{say("counter.other_number")}</label>
					<input id="quantity" type="number" inputMode="numeric" min={1} max={MAX_QUANTITY} step={1} value={typed} onChange={(e) => setTyped(e.target.value)} />
				</div>
			</fieldset>
		</>
	);
}

function Coupons({ found, ask }: { found: Found; ask: (coupon: Coupon) => void }) {
	const { till, view } = useTill();
	const coupons = found.scan?.coupons ?? [];
	const alone = found.asOf !== undefined || view.network === "gone";
	const refusal = found.scan?.allowed.redeem_refusal?.staff_message;
	return (
		<>
			<h3 id="coupons-title">{say("counter.coupons_title")}</h3>
			<ul className="coupons" aria-labelledby="coupons-title">
				{coupons.length === 0 && <li className="none">{say("counter.coupons_none")}</li>}
				{coupons.map((c) => (
					<li key={c.id}>
						<span><strong>{words(c.name)}</strong>{c.expires_at !== undefined && say("counter.until", { date: lastDay(c.expires_at) })}</span>
						<button className="button main" type="button" aria-label={`${say("counter.redeem")}: ${words(c.name)}`}
							disabled={view.busy || !found.scan?.allowed.redeem || (alone && !till.counter.mayRedeemAlone(c))} onClick={() => ask(c)}>{say("counter.redeem")}</button>
					</li>
				))}
			</ul>
			{alone && coupons.some((c) => !till.counter.mayRedeemAlone(c)) && <p className="refusal">{say("offline.no_redeem")}</p>}
			{coupons.length > 0 && !alone && refusal !== undefined && <p className="refusal" role="status">{refusal}</p>}
		</>
	);
}
