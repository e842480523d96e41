#!/usr/bin/env bash
# Checks every shell script of the project with shellcheck, where it is
# installed.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v shellcheck >/dev/null; then
	echo 'SKIPPED: shell scripts were not checked, as shellcheck is not installed.'
	exit 0
fi
# A script is known by its first line, as some have no suffix.
mapfile -t scripts < <(grep -rlIE --exclude-dir={.git,.cache,.data,bin,node_modules} '^#!.*[/ ](ba)?sh$' .)
if [ "${#scripts[@]}" -eq 0 ]; then
	echo 'No shell script was found.' >&2
	exit 1
fi
shellcheck "${scripts[@]}"
echo "Shell scripts, all sound: ${#scripts[@]}"
