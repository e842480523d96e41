// All sections, in the order of the navigation. docs/console.md tells how to add one.

import { audit } from "./audit/section.ts";
import { coupons } from "./coupons/section.ts";
import { customers } from "./customers/section.ts";
import { exports } from "./exports/section.ts";
import { home } from "./home/section.ts";
import { imports } from "./imports/section.ts";
import { keys } from "./keys/section.ts";
import { locations } from "./locations/section.ts";
import { passes } from "./passes/section.ts";
import { programs } from "./programs/section.ts";
import { reviews } from "./reviews/section.ts";
import { settings } from "./settings/section.ts";
import { staff } from "./staff/section.ts";
import { tills } from "./tills/section.ts";

export const sections = [
	home,
	customers,
	coupons,
	reviews,
	programs,
	locations,
	staff,
	tills,
	passes,
	imports,
	exports,
	keys,
	audit,
	settings,
] as const;
