#!/usr/bin/env bash
# Lints openapi.yaml by the rules in .redocly.yaml, with the version of Redocly
# CLI that tools/package-lock.json names.
set -euo pipefail
cd "$(dirname "$0")/.."

# The linter reads a file; nobody needs to hear of it.
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

tools/node-packages.sh tools
tools/node_modules/.bin/redocly lint --config .redocly.yaml openapi.yaml
