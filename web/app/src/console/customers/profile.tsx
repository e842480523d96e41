import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { words } from "../../locale/locale.ts";
import { customerCardsQuery, customerQuery, type Card, type Customer } from "../data/customers.ts";
import { programsQuery } from "../data/programs.ts";
import { Empty } from "../parts/empty.tsx";
import { Answer } from "../parts/listing.tsx";
import { Room, Sheet } from "../parts/page.tsx";
import { useTexts } from "../texts.ts";
import { CardPanel } from "./card.tsx";
import { Consents } from "./consents.tsx";
import { Coupons } from "./coupons.tsx";
import "./customers.css";
import { Details } from "./details.tsx";
import { History } from "./history.tsx";
import { Merges } from "./merges.tsx";
import { fullName } from "./name.ts";
import { Deeds, PastBlocks, Standing } from "./standing.tsx";
import { Wallets } from "./wallets.tsx";

/** How often the cards are read anew while they are looked at. */
const LOOK_MS = 5_000;

/** Everything about one customer: who they are, what they have, what happened, what they agreed to. */
export function Profile() {
	const { say } = useTexts();
	const { customerId } = useParams({ from: "/customers/$customerId" });
	const customer = useQuery(customerQuery(customerId));
	return (
		<Room title={customer.data ? fullName(customer.data) : say("customers.title")} back={{ to: "/customers", label: say("customers.title") }}
			actions={customer.data && <Deeds key={customer.data.id} customer={customer.data} />}>
			<Answer of={customer}>{(c) => <Whole key={c.id} customer={c} />}</Answer>
		</Room>
	);
}

function Whole({ customer }: { customer: Customer }) {
	const { say } = useTexts();
	const cards = useQuery({ ...customerCardsQuery(customer.id), refetchInterval: LOOK_MS });
	const { card: wanted } = useSearch({ from: "/customers/$customerId" });
	return (
		<>
			<Standing customer={customer} />
			<div className="columns wide">
				<div>
					<Answer of={cards} lines={8}>
						{(list) => {
							const shown = list.find((c) => c.id === wanted) ?? list.find((c) => c.status === "active" || c.status === "provisional") ?? list[0];
							return shown ? (
								<>
									{list.length > 1 && <Choice cards={list} shown={shown} />}
									<CardPanel key={shown.id} card={shown} />
									<Coupons cardId={shown.id} />
									<Wallets key={`wallets ${shown.id}`} card={shown} />
									<History card={shown} />
								</>
							) : <Sheet><Empty title={say("card.none")} /></Sheet>;
						}}
					</Answer>
				</div>
				<div>
					<Details customer={customer} />
					{customer.status !== "merged" && <Consents customerId={customer.id} />}
					<Merges customer={customer} />
					<PastBlocks customerId={customer.id} />
				</div>
			</div>
		</>
	);
}

/** The customer has cards of several programs; one is shown. */
function Choice({ cards, shown }: { cards: readonly Card[]; shown: Card }) {
	const { say } = useTexts();
	const programs = useQuery(programsQuery).data ?? [];
	return (
		<nav className="choice" aria-label={say("card.choose")}>
			{cards.map((c) => (
				<Link key={c.id} to="/customers/$customerId" params={{ customerId: c.customer_id }} search={{ card: c.id }} aria-current={c.id === shown.id ? "true" : undefined} className="button">
					{words(programs.find((p) => p.id === c.program_id)?.name)}
				</Link>
			))}
		</nav>
	);
}
