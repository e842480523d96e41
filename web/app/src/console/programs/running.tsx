// Whether a program runs, what it has come to, and the ways in for customers.

import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answerOf } from "../../api/client.ts";
import { api, ifMatch } from "../api.ts";
import { useMay, useMe } from "../data/me.ts";
import { statsQuery, type Program, type ProgramStatus } from "../data/programs.ts";
import { number } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icons.tsx";
import { useTell } from "../parts/notices.tsx";
import { Facts, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { StatusBadge } from "./status.tsx";

export function Running({ program, keep }: { program: Program; keep: (p: Program) => void }) {
	const { say } = useTexts();
	const may = useMay();
	const stats = useQuery({ ...statsQuery(program.id), enabled: may("stats:read") }).data;
	return (
		<Sheet>
			<div className="sheet-head">
				<StatusBadge status={program.status} />
				<div className="actions">
					{program.status === "active" && <Ways program={program} />}
					{may("programs:write") && <Switch program={program} keep={keep} />}
				</div>
			</div>
			<p className="hint">{say(`programs.status_${program.status}_text`)}</p>
			{stats && (
				<Facts facts={[
					[say("home.cards"), number(stats.cards)], [say("home.stamps"), number(stats.stamps)], [say("home.coupons_issued"), number(stats.coupons_issued)],
					[say("home.coupons_redeemed"), number(stats.coupons_redeemed)], [say("home.coupons_open"), number(stats.coupons_open)],
				]} />
			)}
		</Sheet>
	);
}

function Ways({ program }: { program: Program }) {
	const { say } = useTexts();
	const { slug } = useMe().organization;
	return (
		<>
			<a className="button" href={`/join/${slug}/${program.id}`} target="_blank" rel="noreferrer">{say("programs.join_page")}<Icon name="open" /></a>
			<a className="button" href={`/poster/${slug}/${program.id}`} target="_blank" rel="noreferrer">{say("programs.poster")}<Icon name="open" /></a>
		</>
	);
}

/** Starts a program at once; stopping it is asked about, because tills feel it. */
function Switch({ program, keep }: { program: Program; keep: (p: Program) => void }) {
	const { say, explain } = useTexts();
	const tell = useTell();
	const [asking, setAsking] = useState(false);
	const turn = async (status: ProgramStatus, from: Program): Promise<Program> => {
		const now = await answerOf(api.PATCH("/v1/programs/{program_id}", {
			params: { path: { program_id: from.id }, header: ifMatch(from.version) }, body: { status },
		}));
		keep(now);
		return now;
	};
	const start = useMutation({
		mutationFn: (from: Program) => turn("active", from),
		onSuccess: () => tell({ text: say("programs.activated") }),
		onError: (e) => tell({ text: explain(e), bad: true }),
	});
	const stop = async () => {
		const stopped = await turn("ended", program);
		tell({ text: say("programs.stopped"), action: { label: say("app.undo"), run: () => start.mutate(stopped) } });
	};
	if (program.status !== "active") {
		return <Button loading={start.isPending} onClick={() => start.mutate(program)}>{say(program.status === "draft" ? "programs.activate" : "programs.restart")}</Button>;
	}
	return (
		<>
			<Button variant="default" onClick={() => setAsking(true)}>{say("programs.stop")}</Button>
			{asking && (
				<Dialog title={say("programs.stop_title")} confirm={say("programs.stop")} run={stop} close={() => setAsking(false)}>
					<p>{say("programs.stop_text")}</p>
				</Dialog>
			)}
		</>
	);
}
