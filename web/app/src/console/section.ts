// What a section of the console is: an entry in the navigation and the rooms behind it.

import { lazyRouteComponent, type AsyncRouteComponent } from "@tanstack/react-router";
import type { UseQueryOptions } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Permission } from "./data/me.ts";
import type { IconName } from "./parts/icons.tsx";
import { speakRooms, type FirstText } from "./texts.ts";

export const GROUPS = ["daily", "program", "shop", "systems"] as const;

export interface Entry {
	/** The address of the first room, below /console. */
	to: string;
	/** It is read on the first screen, so it stands in texts, not in rooms/texts. */
	label: FirstText;
	icon: IconName;
	/** Under which heading the entry stands. */
	group: (typeof GROUPS)[number];
	/** Who has not this permission does not see the entry. */
	needs: Permission;
	/** Reads how much waits there for somebody; it is shown beside the entry. */
	count?: UseQueryOptions<number, Error, number, string[]>;
}

/** A room that is loaded, with its words, when somebody goes there. */
export function room<M extends Record<string, unknown>>(load: () => Promise<M>, name: keyof M): AsyncRouteComponent<object> {
	return lazyRouteComponent(async () => {
		const [module] = await Promise.all([load(), speakRooms()]);
		return { Room: module[name] as () => ReactNode };
	}, "Room");
}
