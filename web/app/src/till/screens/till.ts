// How screens reach the till.

import { createContext, use } from "react";
import type { Till } from "../model/till.ts";
import { useStore } from "../model/store.ts";
import type { View } from "../model/view.ts";

export const TillContext = createContext<Till | undefined>(undefined);

export function useTill(): { till: Till; view: View } {
	const till = use(TillContext);
	if (!till) {
		throw new Error("a screen outside of the till");
	}
	return { till, view: useStore(till.core.view) };
}
