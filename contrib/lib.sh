# lib.sh - shared by contrib/quickstart and contrib/check. Sourced, not run.

say() { printf '\n== %s\n' "$*"; }
die() { printf '\n%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# as_root SCRIPT ARGUMENT...: goes on if we are root, else starts the script again by sudo
as_root() {
	[ "$(id -u)" != 0 ] || return 0
	command -v sudo >/dev/null || die "this needs root, and there is no sudo here"
	exec sudo --preserve-env=CI "$@"
}

# packages SECTION...: the names under these sections of contrib/packages
packages() {
	awk -v want=" $* " '/^#/ || NF == 0 { next } /^\[/ { on = index(want, " " substr($1, 2, length($1) - 2) " "); next }
		on { print $1 }' "$top/contrib/packages"
}

missing_packages() {
	for p in $(packages "$@"); do
		[ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null)" = 'ii ' ] || echo "$p"
	done
}

# install_packages SECTION...: only what is not there yet
install_packages() {
	local want
	want=$(missing_packages "$@")
	[ -n "$want" ] || { echo "all packages are there"; return 0; }
	echo "installing:" $want
	command -v apt-get >/dev/null || die "this script knows Debian's apt-get only; install by hand:" $want
	# A Postfix that is new here must not start with a configuration of its own.
	case " $(echo $want) " in *" postfix "*)
		echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections ;;
	esac
	apt-get update -qq || die "apt-get update failed: is the network there?"
	# Nor a mobile network.
	case " $(echo $want) " in *" osmo-msc "*) [ ! -d /run/systemd/system ] || systemctl -q mask osmo-msc ;; esac
	# --no-remove: another mail server that is installed here stays.
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove $want >/dev/null ||
		die "apt-get could not install the packages above (if it had to remove one, such as another mail server: it did not)"
}

# build_in DIR CONFIGURE-OPTION...: configure (if not done the same way before) and make
build_in() {
	local dir=$1 log=$1/build.log
	shift
	mkdir -p "$dir"
	{
		[ -x "$top/configure" ] && [ "$top/configure" -nt "$top/configure.ac" ] || (cd "$top" && autoreconf -fi)
		[ "$(cat "$dir/.options" 2>/dev/null)" = "$*" ] && [ "$dir/Makefile" -nt "$top/configure" ] ||
			(cd "$dir" && "$top/configure" "$@" && echo "$*" >.options)
		make -C "$dir" -j"$(nproc)" all
	} >"$log" 2>&1 || { tail -n 25 "$log" >&2; die "the build failed; all of it is in $log"; }
}
