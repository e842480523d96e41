#!/usr/bin/env bash
# Proves with Google's own types that what Google Wallet is sent is what it knows. The
# proof is a module of its own, so that the product does not depend on those types and
# what they bring along; the first time they are downloaded.
set -euo pipefail
cd "$(dirname "$0")/.."

# On a copy of go.mod: the product may have moved on to newer modules than the proof
# names, which is no reason to fail.
mkdir -p .cache/prooftest
cp wallet/google/prooftest/go.mod wallet/google/prooftest/go.sum .cache/prooftest/
exec go -C wallet/google/prooftest test -modfile="$PWD/.cache/prooftest/go.mod" -mod=mod ./...
