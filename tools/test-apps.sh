#!/usr/bin/env bash
# Tests the parts of the till and the console, and measures what was built against
# its limits.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/build-apps.sh
tools/node-packages.sh web/app
npm test --silent --prefix web/app
npm run --silent --prefix web/app sizes
