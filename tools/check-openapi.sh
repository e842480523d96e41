#!/usr/bin/env bash
# Lints openapi.yaml by the rules in .redocly.yaml, with the version of Redocly
# CLI that tools/package-lock.json names. Needs Node.js 20.19 or newer; installs
# Debian's where there is none and that needs no question.
set -euo pipefail
cd "$(dirname "$0")/.."

# The linter reads a file; nobody needs to hear of it.
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

need='Node.js 20.19 or newer, with npm, is needed to lint openapi.yaml'
if ! command -v npm >/dev/null; then
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		echo "$need" >&2
		exit 1
	fi
	deploy/testservers/install.sh nodejs npm
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
	echo "$need; this is $(node --version)" >&2
	exit 1
fi

if [ ! tools/node_modules/.package-lock.json -nt tools/package-lock.json ]; then
	npm ci --prefix tools --ignore-scripts --no-audit --no-fund --loglevel=error
fi
tools/node_modules/.bin/redocly lint --config .redocly.yaml openapi.yaml
