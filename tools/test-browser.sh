#!/usr/bin/env bash
# Runs the stories of web/browsertest in Chromium against a demo of its own:
# test-browser.sh LEIMA, the program to test. Without a browser it says so and
# passes: Ubuntu has no package of one.
set -euo pipefail
leima=$(realpath "${1:?usage: test-browser.sh LEIMA}")
cd "$(dirname "$0")/.."

status=0
LEIMA_CHROMIUM=$(tools/find-chromium.sh) || status=$?
if [ "$status" -eq 3 ]; then
	echo 'SKIPPED: the pages were not tested in a browser.'
	exit 0
elif [ "$status" -ne 0 ]; then
	exit "$status"
fi
export LEIMA_CHROMIUM

tools/node-packages.sh web/browsertest
exec tools/with-demo.sh "$leima" npm test --silent --prefix web/browsertest
