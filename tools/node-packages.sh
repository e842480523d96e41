#!/usr/bin/env bash
# Makes ready the Node.js programs of a folder with a package-lock.json:
# node-packages.sh FOLDER. Needs Node.js 20.19 or newer; installs Debian's where
# there is none and that needs no question. Packages are fetched anew when the
# lock is newer than what lies there; none may run a script of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:?usage: node-packages.sh FOLDER}
need="Node.js 20.19 or newer, with npm, is needed for $folder"
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

if [ ! "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then
	npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error
fi
