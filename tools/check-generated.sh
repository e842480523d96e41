#!/usr/bin/env bash
# Fails when "go generate" changes a generated file, makes a new one or leaves
# one out. It compares the files before and after, so it does not mind other
# changes in the work tree; what it found stays in the tree to be committed.
set -euo pipefail
cd "$(dirname "$0")/.."

# fingerprints prints the checksum of every file that says it is generated
# (https://go.dev/s/generatedcode). No such file is no failure.
fingerprints() {
	local files status=0
	files=$(grep -rlE --exclude-dir={.git,.cache,.data,bin,node_modules} \
		'^// Code generated .* DO NOT EDIT\.$' .) || status=$?
	[ "$status" -le 1 ] || return "$status"
	[ -z "$files" ] || sort <<<"$files" | xargs -d '\n' sha256sum
}

before=$(fingerprints)
go generate ./...
after=$(fingerprints)

if [ "$before" != "$after" ]; then
	echo 'Generated code was out of date. "go generate ./..." changed:' >&2
	diff <(echo "$before") <(echo "$after") >&2 || true
	exit 1
fi
echo "Generated files, all up to date: $(grep -c . <<<"$after" || true)"
