// All sections, in the order of the navigation. docs/console.md tells how to add one.

import { customers } from "./customers/section.ts";
import { home } from "./home/section.ts";
import { imports } from "./imports/section.ts";
import { keys } from "./keys/section.ts";
import { locations } from "./locations/section.ts";
import { passes } from "./passes/section.ts";
import { programs } from "./programs/section.ts";
import { settings } from "./settings/section.ts";
import { staff } from "./staff/section.ts";
import { tills } from "./tills/section.ts";

export const sections = [
	home,
	customers,
	programs,
	locations,
	staff,
	tills,
	passes,
	imports,
	keys,
	settings,
] as const;
