// Where the words of the apps are. English is the reference; a test sees that the
// other six say the same things with the same placeholders.

import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-json";

export default defineConfig({
	sourceLocale: "en",
	locales: ["en", "fi", "sv", "pl", "fr", "de", "ru"],
	format: formatter({ style: "minimal" }),
	catalogs: ["problem", "till", "till/settings", "console", "console/rooms"].map((part) => ({
		path: `<rootDir>/src/${part}/texts/{locale}`,
		include: [`<rootDir>/src/${part}`],
	})),
});
