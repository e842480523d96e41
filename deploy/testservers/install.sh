#!/bin/sh
# Installs Debian or Ubuntu packages for development: install.sh PACKAGE...
#
# Packages that are there already are left alone. Servers that come with the
# packages are not started, and no PostgreSQL cluster is made, because the
# tests run servers of their own. Needs root. What is changed on the machine
# for the length of the installation is put back afterwards.
set -eu

if [ "$#" -eq 0 ]; then
	echo "usage: install.sh PACKAGE..." >&2
	exit 2
fi

# is_installed PACKAGE
is_installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

missing=
for package in "$@"; do
	is_installed "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
	exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
	echo "install.sh: only root can install:$missing" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
cluster_config=/etc/postgresql-common/createcluster.conf
policy_is_ours=
cluster_config_saved=

restore() {
	if [ -n "$policy_is_ours" ]; then
		rm -f "$policy"
	fi
	if [ -n "$cluster_config_saved" ]; then
		# The copy keeps owner and mode of the file that it overwrites.
		cat "$cluster_config_saved" >"$cluster_config"
		rm -f "$cluster_config_saved"
	fi
}
trap restore EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# install_quietly PACKAGE...: apt's long output matters only when it fails.
install_quietly() {
	log=$(mktemp)
	if ! apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null; then
		tail -n 40 "$log" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}

echo "Installing$missing" >&2
apt-get update -qq </dev/null

# Debian starts a server as soon as its package is installed, unless this
# script says no (exit 101: "action forbidden by policy").
if [ ! -e "$policy" ]; then
	policy_is_ours=yes
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi

# The packages postgresql and postgresql-NN make a cluster when they are
# configured, unless this setting of postgresql-common stands there before.
case "$missing" in
*postgresql*)
	install_quietly postgresql-common
	cluster_config_saved=$(mktemp)
	cat "$cluster_config" >"$cluster_config_saved"
	sed -i '/^[#[:space:]]*create_main_cluster/d' "$cluster_config"
	echo 'create_main_cluster = false' >>"$cluster_config"
	;;
esac

# shellcheck disable=SC2086 # a list of package names, to be split
install_quietly $missing
