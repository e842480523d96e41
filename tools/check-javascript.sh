#!/usr/bin/env bash
# Checks the types in the pages' scripts, web/assets, with the version of
# TypeScript that web/browsertest/package-lock.json names.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/node-packages.sh web/browsertest
npm run --silent --prefix web/browsertest types
echo 'Types of the scripts in web/assets, all sound.'
