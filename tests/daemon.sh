#!/bin/sh
# ringbackd as a process: start, reload, stop, and what it refuses. TAP. Wants BUILD and RINGBACK_PROFILE_DIR.
: "${BUILD:?}" "${RINGBACK_PROFILE_DIR:?}"
tmp=$(mktemp -d) || exit 99
daemon=
trap '[ -n "$daemon" ] && kill -KILL "$daemon" 2>/dev/null; rm -rf "$tmp"' EXIT
ringbackd=$BUILD/src/ringbackd
ringback=$BUILD/src/ringback
n=0

ok() {	# NAME, after a command
	if [ $? -eq 0 ]; then echo "ok $((n += 1)) - $1"; else
		sed 's/^/# /' "$tmp/log" "$tmp/out" 2>/dev/null
		echo "not ok $((n += 1)) - $1"
	fi
}

# until COMMAND: true, or 20 s have gone
wait_until() {
	tries=0
	until eval "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return 1
		sleep 0.1
	done
}

write_conf() {	# further lines
	cat >"$tmp/rb.conf" <<END
sources = { sendmail }
audit = calls@example.com
user = ""
relay = ""
run_dir = "$tmp/run"
store = "$tmp/store/rb.db"
milter_socket = "unix:$tmp/sock/m.sock"
milter_socket_group = ""
person anna { mail = anna@example.com }
line main { owner = anna }
$1
END
}

start() {
	: >"$tmp/log"
	"$ringbackd" -f -c "$tmp/rb.conf" "$@" 2>"$tmp/log" &
	daemon=$!
	wait_until 'grep -q " start: " "$tmp/log" || ! kill -0 $daemon 2>/dev/null' && kill -0 $daemon
}

stopped_with() {	# STATUS
	wait "$daemon"
	status=$?
	daemon=
	[ $status -eq "$1" ]
}

write_conf ""
"$ringbackd" --check -c "$tmp/rb.conf" >"$tmp/out" 2>&1 && grep -q "^line main" "$tmp/out"
ok "--check says what a configuration means"
! [ -e "$tmp/run" ] && ! [ -e "$tmp/store" ]
ok "--check makes nothing"

write_conf "foo = 1
sms_max = 1"
"$ringbackd" --check -c "$tmp/rb.conf" >"$tmp/out" 2>&1
[ $? -eq 78 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ] && grep -q "rb.conf:11: " "$tmp/out" && grep -q "rb.conf:12: " "$tmp/out"
ok "--check tells every error with its line"

# checked CODE TEXT: ringback check ends with CODE and says TEXT
checked() {
	"$ringback" -c "$tmp/rb.conf" check --days 60 >"$tmp/out" 2>&1
	[ $? -eq "$1" ] && grep -q "$2" "$tmp/out"
}

write_conf ""
checked 0 "0 findings in 1 lines, 1 people, 0 callers"
ok "ringback check: 0 where all is well"
write_conf 'person bob { mail = bob@example.com }'
checked 1 "rb.conf:11: advice: person bob: nothing names it"
ok "ringback check: 1 for advice"
write_conf 'person bob { mail = bob@example.com phone = "+4477009001" }'
checked 2 "rb.conf:11: error: person bob: there can be no number" && grep -q "advice" "$tmp/out"
ok "ringback check: 2 for errors"
"$ringback" -c "$tmp/rb.conf" --json check >"$tmp/out" 2>&1
[ $? -eq 2 ] && [ "$(wc -l <"$tmp/out")" -eq 2 ] && grep -q '"check":"number","file":"'"$tmp/rb.conf"'","line":11' "$tmp/out"
ok "ringback check --json: one finding a line"
write_conf 'line b { owner = ana }'
checked 2 "rb.conf:11: error: owner = ana: there is no person ana"
ok "ringback check: what the daemon would refuse"
"$ringbackd" -f -c "$tmp/rb.conf" >"$tmp/out" 2>&1
[ $? -eq 78 ] && ! [ -e "$tmp/run" ]
ok "nothing starts with a wrong configuration"
"$ringbackd" --role=both --colour >"$tmp/out" 2>&1
[ $? -eq 64 ]
ok "an unknown option is refused"
"$ringbackd" --role=cook >"$tmp/out" 2>&1
[ $? -eq 64 ]
ok "an unknown role is refused"

write_conf ""
start --pid-file="$tmp/pid"
ok "it starts"
[ "$(cat "$tmp/pid")" = "$daemon" ]
ok "the pid file holds its pid"
[ "$(stat -c %a "$tmp/sock/m.sock")" = 660 ] && [ "$(stat -c %a "$tmp/store")" = 750 ]
ok "modes of socket and store"
"$ringback" -c "$tmp/rb.conf" status >"$tmp/out" 2>&1 && grep -q milter "$tmp/out" && grep -q courier "$tmp/out"
ok "status knows both roles"
"$ringback" -c "$tmp/rb.conf" reload >"$tmp/out" 2>&1 && grep -q " reload: conf=" "$tmp/log"
ok "ringback reload"
: >"$tmp/log"
kill -HUP "$daemon" && wait_until 'grep -q " reload: conf=" "$tmp/log"'
ok "SIGHUP reloads"
write_conf "foo = 1"
kill -USR1 "$daemon" && wait_until 'grep -q "old configuration stays" "$tmp/log"' && grep -q "rb.conf:11: " "$tmp/log"
ok "SIGUSR1 with a wrong configuration keeps the old one"
kill -0 "$daemon"
ok "it lives on"
kill -TERM "$daemon" && stopped_with 0
ok "SIGTERM stops it"
! [ -e "$tmp/pid" ] && ! [ -e "$tmp/sock/m.sock" ] && ! [ -e "$tmp/run/milter.ctl" ]
ok "nothing is left behind"

write_conf ""
start --role=courier && [ -S "$tmp/run/courier.ctl" ] && ! [ -e "$tmp/run/milter.ctl" ] && ! [ -e "$tmp/sock/m.sock" ]
ok "the role courier alone"
kill -INT "$daemon" && stopped_with 0
ok "SIGINT stops it"
"$ringbackd" --role=milter --pid-file="$tmp/pid" -c "$tmp/rb.conf" >"$tmp/out" 2>&1 && daemon=$(cat "$tmp/pid") &&
	[ -S "$tmp/sock/m.sock" ]
ok "in the background it is ready when the command ends"
kill -TERM "$daemon" && wait_until '! kill -0 $daemon 2>/dev/null'
ok "and stops"
daemon=
echo "1..$n"
