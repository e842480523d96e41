// What the type checker does not find. Rules that are switched off say why.

import hooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig([
	globalIgnores(["src/api/contract.ts", "node_modules"]),
	tseslint.configs.strictTypeChecked,
	hooks.configs.flat["recommended-latest"],
	{
		languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["*.js", "workshop/*.mjs"] }, tsconfigRootDir: import.meta.dirname } },
		linterOptions: { reportUnusedDisableDirectives: "error" },
		rules: {
			// Numbers in texts are what texts are made of.
			"@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
			// A forgotten await loses a stamp; "void" says that nobody waits on purpose.
			"@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: true }],
			"@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
			"@typescript-eslint/switch-exhaustiveness-check": "error",
			eqeqeq: "error",
			"no-console": "error",
			// Both would be stopped by the Content-Security-Policy, in production only.
			"no-eval": "error",
			"no-restricted-syntax": ["error", {
				selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
				message: "Texts are shown as texts.",
			}],
		},
	},
	{
		files: ["**/*.js", "**/*.mjs"],
		extends: [tseslint.configs.disableTypeChecked],
		rules: { "no-console": "off" },
	},
]);
