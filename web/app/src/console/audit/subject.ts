// Where the rooms of what somebody did something to are.

const ROOMS: Record<string, string> = {
	loc: "/locations/", stf: "/staff/", prog: "/programs/", cust: "/customers/", imp: "/imports/",
};

/** Returns the address of the room of a thing, by its id, if it has one. */
export function roomOf(id: string): string | undefined {
	const room = ROOMS[id.split("_")[0] ?? ""];
	return room && room + id;
}
