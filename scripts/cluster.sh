# Throwaway PostgreSQL clusters on a private build of gapstats; to be sourced by bash.
# shellcheck shell=bash
#
# Everything lives in one private directory: a copy of the sources, the build, the
# files that "make install" makes, the data, the socket. Nothing is put under /usr,
# and no other cluster is touched.
#
# initdb refuses root, so root does all of it as user postgres.

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/${PG_MAJOR:-15}/bin/pg_config}

# The directory is made here and kept in $private_dir.
make_private_dir() {
	private_dir=$(mktemp -d "${TMPDIR:-/tmp}/gapstats.XXXXXX")
	if [ "$(id -u)" = 0 ]; then
		chown postgres: "$private_dir"
	fi
}

as_owner() {
	if [ "$(id -u)" = 0 ]; then
		(cd "$private_dir" && HOME=$private_dir setpriv --reuid=postgres --regid=postgres --init-groups -- "$@")
	else
		(cd "$private_dir" && "$@")
	fi
}

# copy_sources NAME: the sources, without what was built from them
copy_sources() {
	as_owner mkdir "$1"
	tar -C "$source_dir" -c --exclude=./.git --exclude=./dest --exclude=./bench/node_modules --exclude=./demo/cluster \
		--exclude='*.o' --exclude='*.bc' --exclude='*.so' --exclude='./gapstats--*.sql' . |
		as_owner tar -C "$1" -x --no-same-owner
}

# build NAME [make arguments...]: build a copy of the sources and install it privately;
# $settings are the lines that make a server find it there.
build() {
	local name=$1
	shift
	copy_sources "$name"
	as_owner make -s -j "$(nproc)" -C "$name" PG_CONFIG="$PG_CONFIG" "$@"
	as_owner make -s -C "$name" PG_CONFIG="$PG_CONFIG" "$@" install DESTDIR="$private_dir/$name/dest" >/dev/null
	local dest=$private_dir/$name/dest libdir extension_path
	libdir=$("$PG_CONFIG" --pkglibdir)
	# Before PostgreSQL 18 it is a setting of Debian's.
	extension_path="extension_destdir = '$dest'"
	if (($("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/') >= 18)); then
		extension_path="extension_control_path = '$dest$("$PG_CONFIG" --sharedir):\$system'"
	fi
	settings="$extension_path
dynamic_library_path = '$dest$libdir:$libdir'
listen_addresses = ''
fsync = off"
}

# start_server NAME [setting...]: a server on a Unix socket in $private_dir, its data in NAME
start_server() {
	local name=$1 bindir
	shift
	bindir=$("$PG_CONFIG" --bindir)
	as_owner "$bindir/initdb" -D "$name" -U postgres -A trust -N -E UTF8 --locale=C.UTF-8 >/dev/null
	printf '%s\n' "$settings" "unix_socket_directories = '$private_dir'" "$@" |
		as_owner tee -a "$name/postgresql.conf" >/dev/null
	if ! as_owner "$bindir/pg_ctl" -D "$name" -l "$name.log" -w start >/dev/null; then
		cat "$private_dir/$name.log" >&2
		return 1
	fi
}

# start_cluster [setting...]: the one server that all speak to
start_cluster() {
	start_server data "$@"
	export PGHOST=$private_dir PGUSER=postgres PGPORT=5432
}

# end_server PID_FILE: stop the server that works in that file's folder. A pid that a crash left
# behind may be somebody else's by now.
end_server() {
	local pid tries
	pid=$(head -n 1 "$1")
	[ "$(readlink "/proc/$pid/cwd")" = "$(dirname "$1")" ] || return 0
	kill -INT "$pid"
	for ((tries = 0; tries < 100; tries++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
}

# Stop every server that runs in $private_dir, and remove it.
remove_private_dir() {
	local pid_file
	[ -d "${private_dir:-}" ] || return 0
	while IFS= read -r pid_file; do
		end_server "$pid_file"
	done < <(find "$private_dir" -name postmaster.pid -o -path "$private_dir/directus/directus.pid")
	rm -rf "$private_dir"
}
