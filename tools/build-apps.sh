#!/usr/bin/env bash
# Builds the till and the console, web/app, into web/dist/apps, which Go embeds, if
# they are missing or older than what they are made of.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly built=web/dist/apps/till.html
newer() { find web/app openapi.yaml tools/build-apps.sh -name node_modules -prune -o -type f ! -path web/app/src/api/contract.ts -newer "$built" -print -quit; }
if [ -e "$built" ] && [ -z "$(newer)" ]; then
	exit 0
fi
tools/node-packages.sh web/app
npm run --silent --prefix web/app generate >/dev/null
npm run --silent --prefix web/app build -- --logLevel warn
# Vite may have kept the time of an earlier file.
touch "$built"
