import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { words } from "../../locale/locale.ts";
import { CouponBadge } from "../customers/coupons.tsx";
import { Reverse } from "../customers/history.tsx";
import { COUPON_STATES, couponFilter, heldCouponsQuery, type CouponsWanted, type HeldCoupon } from "../data/coupons.ts";
import { locationsQuery } from "../data/locations.ts";
import { useMay } from "../data/me.ts";
import { programsQuery } from "../data/programs.ts";
import { day } from "../format.ts";
import { Empty } from "../parts/empty.tsx";
import { Export } from "../parts/export.tsx";
import { Choice, Day, Filters } from "../parts/filters.tsx";
import { FirstStep } from "../parts/first_step.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { changed } from "../parts/search.ts";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

/** How often the list is read anew while it is looked at. */
const LOOK_MS = 10_000;

export function AllCoupons() {
	const { say } = useTexts();
	const wanted = useSearch({ from: "/coupons" });
	const found = useInfiniteQuery({ ...heldCouponsQuery(wanted), placeholderData: keepPreviousData, refetchInterval: LOOK_MS });
	return (
		<Room title={say("coupons.title")} intro={say("coupons.intro")} actions={<Export list="coupons" filter={couponFilter(wanted)} />}>
			<CouponFilters wanted={wanted} />
			<Sheet>
				<Answer of={found}>
					{({ pages }) => {
						const list = pages.flatMap((p) => p.data);
						return list.length > 0 ? <><List coupons={list} /><More of={found} /></> : <None wanted={wanted} />;
					}}
				</Answer>
			</Sheet>
		</Room>
	);
}

function CouponFilters({ wanted }: { wanted: CouponsWanted }) {
	const { say } = useTexts();
	const navigate = useNavigate({ from: "/coupons" });
	const programs = useQuery(programsQuery).data ?? [];
	const locations = useQuery(locationsQuery).data ?? [];
	const set = (part: keyof CouponsWanted) => (value: string | undefined) => void navigate({ search: changed(wanted, part, value), replace: true });
	return (
		<Filters label={say("filters.title")}>
			<Choice label={say("coupons.status")} value={wanted.status} all={say("filters.all")} options={COUPON_STATES.map((s) => [s, say(`coupons.status_${s}`)])} choose={set("status")} />
			{programs.length > 1 && <Choice label={say("home.program")} value={wanted.program} all={say("home.all_programs")} options={programs.map((p) => [p.id, words(p.name)])} choose={set("program")} />}
			{locations.length > 1 && <Choice label={say("coupons.used_at")} value={wanted.location} all={say("home.all_locations")} options={locations.map((l) => [l.id, l.name])} choose={set("location")} />}
			<Day label={say("coupons.earned_from")} value={wanted.from} max={wanted.to} choose={set("from")} />
			<Day label={say("coupons.earned_to")} value={wanted.to} min={wanted.from} choose={set("to")} />
		</Filters>
	);
}

function None({ wanted }: { wanted: CouponsWanted }) {
	const { say } = useTexts();
	return Object.keys(wanted).length > 0
		? <Empty title={say("coupons.nothing_title")} text={say("filters.nothing_text")} action={<Link className="button" to="/coupons">{say("filters.clear")}</Link>} />
		: <Empty title={say("coupons.empty_title")} text={say("coupons.empty_text")} action={<FirstStep><Link className="button" to="/programs">{say("programs.title")}</Link></FirstStep>} />;
}

function List({ coupons }: { coupons: readonly HeldCoupon[] }) {
	const { say } = useTexts();
	const may = useMay();
	const locations = useQuery(locationsQuery).data ?? [];
	const [chosen, setChosen] = useState<HeldCoupon>();
	const name = (h: HeldCoupon) => <strong>{words(h.coupon.name)}</strong>;
	const undoable = (h: HeldCoupon) => may("entries:reverse") && h.coupon.status === "redeemed" && h.coupon.closed_by;
	return (
		<>
			<Table caption={say("coupons.title")} rows={coupons} rowKey={(h) => h.coupon.id} columns={[
				{ head: say("coupons.reward"), cell: name },
				{ head: say("coupons.holder"), cell: (h) => (may("customers:read") ? <Link to="/customers/$customerId" params={{ customerId: h.customer_id }} search={{ card: h.coupon.card_id }}>{h.display_name}</Link> : h.display_name) },
				{ head: say("coupons.status"), cell: (h) => <CouponBadge of={h.coupon} at={locations.find((l) => l.id === h.location_id)?.name} /> },
				{ head: say("coupons.issued"), cell: (h) => day(h.coupon.issued_at) },
				{ head: say("history.undo"), quiet: true, cell: (h) => undoable(h) && (
					<div className="row"><Button variant="default" onClick={() => setChosen(h)}>{say("history.undo")}<span className="unseen"> {words(h.coupon.name)} {h.display_name}</span></Button></div>
				) },
			]} />
			{chosen?.coupon.closed_by && (
				<Reverse card={{ id: chosen.coupon.card_id, customer_id: chosen.customer_id }} entry={{ id: chosen.coupon.closed_by, kind: "redeem" }} close={() => setChosen(undefined)} />
			)}
		</>
	);
}
