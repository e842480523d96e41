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

/** All rewards that a card ever got. */
export function Coupons({ cardId }: { cardId: string }) {
	const { say } = useTexts();
	const coupons = useInfiniteQuery(couponsQuery(cardId));
	const until = (c: Coupon) => {
		if (c.closed_at) {
			return day(c.closed_at);
		}
		return c.expires_at ? say("coupons.until", { day: lastDay(c.expires_at) }) : say("coupons.always");
	};
	return (
		<Sheet title={say("coupons.title")}>
			<Answer of={coupons}>
				{({ pages }) => {
					const list = pages.flatMap((p) => p.data);
					return list.length === 0 ? <p className="hint">{say("coupons.none")}</p> : (
						<>
							<Table caption={say("coupons.title")} rows={list} rowKey={(c) => c.id} columns={[
								{ head: say("coupons.reward"), cell: (c) => <strong>{words(c.name)}</strong> },
								{ head: say("coupons.status"), cell: (c) => <><Badge kind={kinds[c.status]}>{say(`coupons.status_${c.status}`)}</Badge><small>{until(c)}</small></> },
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
