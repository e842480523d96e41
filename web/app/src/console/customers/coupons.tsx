import { useInfiniteQuery } from "@tanstack/react-query";
import { lastDay, words } from "../../locale/locale.ts";
import { couponsQuery, type Coupon } from "../data/customers.ts";
import { day } from "../format.ts";
import { Badge } from "../parts/badge.tsx";
import { Answer, More } from "../parts/listing.tsx";
import { Sheet } from "../parts/page.tsx";
import { Table } from "../parts/table.tsx";
import { useTexts } from "../texts.ts";

const kinds = { issued: "good", redeemed: "plain", expired: "warn", reversed: "plain" } as const;

/** What became of a reward, when and perhaps where, or until when it can be used. */
export function CouponBadge({ of, at }: { of: Coupon; at?: string | undefined }) {
	const { say } = useTexts();
	const until = () => (of.expires_at ? say("coupons.until", { day: lastDay(of.expires_at) }) : say("coupons.always"));
	return (
		<>
			<Badge kind={kinds[of.status]}>{say(`coupons.status_${of.status}`)}</Badge>
			<small>{[of.closed_at ? day(of.closed_at) : until(), at].filter(Boolean).join(" · ")}</small>
		</>
	);
}

/** All rewards that a card ever got. */
export function Coupons({ cardId }: { cardId: string }) {
	const { say } = useTexts();
	const coupons = useInfiniteQuery(couponsQuery(cardId));
	return (
		<Sheet title={say("coupons.title")}>
			<Answer of={coupons}>
				{({ pages }) => {
					const list = pages.flatMap((p) => p.data);
					return list.length === 0 ? <p className="hint">{say("coupons.none")}</p> : (
						<>
							<Table caption={say("coupons.title")} rows={list} rowKey={(c) => c.id} columns={[
								{ head: say("coupons.reward"), cell: (c) => <strong>{words(c.name)}</strong> },
								{ head: say("coupons.status"), cell: (c) => <CouponBadge of={c} /> },
								{ head: say("coupons.issued"), cell: (c) => day(c.issued_at) },
							]} />
							<More of={coupons} />
						</>
					);
				}}
			</Answer>
		</Sheet>
	);
}
