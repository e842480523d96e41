#!/usr/bin/env bash
# Checks the sources of the till and the console: types, then eslint.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/node-packages.sh web/app
npm run --silent --prefix web/app generate >/dev/null
npm run --silent --prefix web/app types
npm run --silent --prefix web/app lint
echo 'Types and style of the apps, all sound.'
