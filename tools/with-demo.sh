#!/usr/bin/env bash
# Runs a command beside a demo of its own: with-demo.sh LEIMA COMMAND... starts
# the program LEIMA on a free port with data in a new folder, sets LEIMA_DEMO to
# the demo.json in there and LEIMA_PROGRAM to the program, and afterwards stops it and
# removes the folder. The exit code is that of the command.
set -euo pipefail

# A demo makes up a year of data before it opens: seconds, on a busy machine more.
readonly open_within=120 # seconds
readonly stop_within=20  # seconds; then it is killed

if [ "$#" -lt 2 ]; then
	echo 'usage: with-demo.sh LEIMA COMMAND...' >&2
	exit 2
fi
leima=$1
shift

folder=$(mktemp -d)
pid=

# is_running tells whether the demo is; a process that ended but was not waited
# for is not.
is_running() { jobs -r -p | grep -qx "$pid"; }

# shellcheck disable=SC2317 # the trap calls it
stop() {
	if [ -n "$pid" ]; then
		kill "$pid" 2>/dev/null || true
		local deadline=$((SECONDS + stop_within))
		while is_running && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.1; done
		! is_running || kill -KILL "$pid"
		wait "$pid" 2>/dev/null || true
	fi
	rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# give_up REASON
give_up() {
	echo "with-demo.sh: $1. It said:" >&2
	cat "$folder/log" >&2
	exit 1
}

"$leima" demo --addr 127.0.0.1:0 --data "$folder/data" >"$folder/log" 2>&1 </dev/null &
pid=$!
export LEIMA_DEMO=$folder/data/demo.json LEIMA_PROGRAM=$leima
deadline=$((SECONDS + open_within))
until [ -s "$LEIMA_DEMO" ]; do
	is_running || give_up 'the demo ended before it opened'
	[ "$SECONDS" -lt "$deadline" ] || give_up "the demo did not open within $open_within seconds"
	sleep 0.1
done

status=0
"$@" || status=$?
if ! is_running; then
	give_up 'the demo ended before the command did'
fi
exit "$status"
