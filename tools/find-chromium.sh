#!/usr/bin/env bash
# Prints the path of a Chromium or Chrome that runs. LEIMA_CHROMIUM names one
# itself. Where there is none, Debian's is installed if that needs no question.
# Without any, it says what to install and ends with exit code 3.
set -euo pipefail
cd "$(dirname "$0")/.."

# runs PROGRAM: what Ubuntu calls chromium-browser may be a note that there is
# none.
runs() { "$1" --version >/dev/null 2>&1 </dev/null; }

if [ -n "${LEIMA_CHROMIUM:-}" ]; then
	if ! runs "$LEIMA_CHROMIUM"; then
		echo "LEIMA_CHROMIUM=$LEIMA_CHROMIUM does not run." >&2
		exit 1
	fi
	echo "$LEIMA_CHROMIUM"
	exit 0
fi

look() {
	local name path
	for name in chromium chromium-browser google-chrome; do
		if path=$(command -v "$name") && runs "$path"; then
			echo "$path"
			return 0
		fi
	done
	return 1
}

look && exit 0
install=(deploy/testservers/install.sh chromium fonts-dejavu-core)
if command -v apt-get >/dev/null; then
	if [ "$(id -u)" -eq 0 ]; then
		"${install[@]}" >&2 || true
	elif sudo -n true 2>/dev/null; then
		sudo -n "${install[@]}" >&2 || true
	fi
	look && exit 0
fi
echo 'There is no Chromium. Install the package chromium (Debian) or Google Chrome (Ubuntu), or set LEIMA_CHROMIUM to a browser.' >&2
exit 3
