import { type SubmitEvent, useState } from "react";
import { sentence } from "../../problem/sentence.ts";
import { i18n } from "@lingui/core";
import { Refused } from "../../api/problem.ts";
import { time } from "../../locale/locale.ts";
import type { Command, CommandState } from "../domain/command.ts";
import { showNumber } from "../domain/handle.ts";
import { say, type TillText } from "../texts.ts";
import { Dialog } from "./Dialog.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import { Outcome } from "./Outcome.tsx";
import { useTill } from "./till.ts";

const states: Record<CommandState, { text: TillText; icon: IconName }> = {
	waiting: { text: "state.waiting", icon: "saved" },
	done: { text: "state.done", icon: "good" },
	refused: { text: "state.refused", icon: "refused" },
	review: { text: "state.review", icon: "flag" },
	settled: { text: "state.settled", icon: "already" },
	withdrawn: { text: "state.withdrawn", icon: "undone" },
};

function stateOf(c: Command): TillText {
	if (c.decided) {
		return `state.${c.decided}`;
	}
	return c.state === "review" && c.reviewId !== undefined ? "state.office" : states[c.state].text;
}

function title(c: Command): string {
	switch (c.kind) {
		case "stamp":
			return say("activity.stamp", { count: c.quantity });
		case "redemption":
			return say("activity.redemption", { reward: c.reward ?? "" });
		case "reversal":
			return `${say("activity.reversal")}: ${c.reward ?? say("activity.stamp", { count: c.quantity })}`;
	}
}

function reason(c: Command): string {
	return c.problem ? sentence(i18n, new Refused(c.problem)) : "";
}

/** What this till did today, the newest first. Each line can be taken back, with a reason. */
export function Activity() {
	const { view } = useTill();
	const [asked, setAsked] = useState<Command>();
	const reversals = new Map(view.commands.map((c) => [c.key, c]));
	const isReversed = (c: Command) => {
		const by = c.reversedBy === undefined ? undefined : reversals.get(c.reversedBy);
		return by?.state === "done" || by?.state === "waiting";
	};
	return (
		<section className="sheet room">
			<h1>{say("activity.title")}</h1>
			<Told />
			{view.commands.length === 0 && <p>{say("activity.none")}</p>}
			<ul className="lines" id="activity">
				{view.commands.toReversed().map((c) => (
					<li key={c.key} data-state={isReversed(c) ? "reversed" : c.state}>
						<Icon name={isReversed(c) ? "undone" : states[c.state].icon} />
						<div>
							<p><strong>{title(c)}</strong> {c.who || showNumber(c.card)}</p>
							<p className="hint">{time(c.at)} · {c.staffName} · {isReversed(c) ? say("state.reversed") : say(stateOf(c))} {reason(c)} {c.note}</p>
						</div>
						{c.kind !== "reversal" && (c.state === "done" || c.state === "waiting") && !isReversed(c) && (
							<button className="button quiet" type="button" onClick={() => setAsked(c)} aria-label={`${say("void.button")}: ${title(c)} ${c.who}`}>{say("void.button")}</button>
						)}
					</li>
				))}
			</ul>
			{asked && <Void command={asked} onClose={() => setAsked(undefined)} />}
		</section>
	);
}

/** Says what came of taking back, on this screen too. */
function Told() {
	const { view } = useTill();
	const [before] = useState(view.outcome?.id);
	const told = view.outcome?.id === before ? undefined : view.outcome;
	return <div role="alert" aria-atomic="true">{told && <Outcome key={told.id} outcome={told} />}</div>;
}

function Void({ command, onClose }: { command: Command; onClose: () => void }) {
	const { till } = useTill();
	const [why, setWhy] = useState("");
	const [complaint, setComplaint] = useState("");
	const submit = (e: SubmitEvent) => {
		e.preventDefault();
		if (why.trim() === "") {
			setComplaint(say("void.reason_needed"));
			return;
		}
		onClose();
		void till.counter.takeBack(command.key, why.trim());
	};
	return (
		<Dialog title={say("void.title")} onClose={onClose}>
			<p><strong>{title(command)}</strong> {command.who} · {time(command.at)}</p>
			<form noValidate onSubmit={submit}>
				<p className="complaint" id="why-error" role="alert">{complaint}</p>
				<div className="field">
					<label htmlFor="why">{say("void.reason")}</label>
					<input id="why" maxLength={200} value={why} onChange={(e) => setWhy(e.target.value)} aria-describedby="why-error" />
				</div>
				<div className="buttons reasons">
					{(["void.wrong_card", "void.wrong_number", "void.returned"] as const).map((id) => (
						<button className="button quiet" type="button" key={id} onClick={() => setWhy(say(id))}>{say(id)}</button>
					))}
				</div>
				<div className="buttons">
					<button className="button quiet" type="button" onClick={onClose}>{say("counter.cancel")}</button>
					<button className="button main" type="submit">{say("void.button")}</button>
				</div>
			</form>
		</Dialog>
	);
}

/** What the server refused after the till had accepted it. Nothing leaves this list by itself. */
export function Review() {
	const { till, view } = useTill();
	const [asked, setAsked] = useState<Command>();
	const [note, setNote] = useState("");
	const open = view.commands.filter((c) => c.state === "review");
	const submit = (e: SubmitEvent) => {
		e.preventDefault();
		if (asked && note.trim() !== "") {
			void till.core.outbox.settle(asked.key, note.trim());
			setAsked(undefined);
			setNote("");
		}
	};
	return (
		<section className="sheet room">
			<h1>{say("review.title")}</h1>
			<p>{say("review.text")}</p>
			{open.length === 0 && <p>{say("review.none")}</p>}
			<ul className="lines" id="reviews">
				{open.map((c) => (
					<li key={c.key}>
						<Icon name="flag" />
						<div>
							<p><strong>{title(c)}</strong> {c.who || showNumber(c.card)}</p>
							<p className="hint">{time(c.at)} · {c.staffName}</p>
							<p>{reason(c)}</p>
						</div>
						{c.reviewId !== undefined
							? <p className="flag">{say("state.office")}</p>
							: (
								<div className="buttons">
									<button className="button quiet" type="button" onClick={() => void till.core.outbox.retry(c.key).then(() => till.core.beat(true))}>{say("review.retry")}</button>
									{c.unwanted && <button className="button quiet" type="button" onClick={() => setAsked(c)}>{say("review.settle")}</button>}
								</div>
							)}
					</li>
				))}
			</ul>
			{asked && (
				<Dialog title={say("review.settle")} onClose={() => setAsked(undefined)}>
					<form onSubmit={submit}>
						<div className="field">
							<label htmlFor="note">{say("review.note")}</label>
							<input id="note" maxLength={200} required value={note} onChange={(e) => setNote(e.target.value)} />
						</div>
						<div className="buttons">
							<button className="button quiet" type="button" onClick={() => setAsked(undefined)}>{say("counter.cancel")}</button>
							<button className="button main" type="submit">{say("review.settle")}</button>
						</div>
					</form>
				</Dialog>
			)}
		</section>
	);
}
