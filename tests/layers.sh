#!/bin/sh
# Who includes whom, who uses which outside library, and what the core may not call. The table is the one of src/README.
# TAP. SRC is the source tree, BUILD the build tree (both from make check).
SRC=${SRC:-$(dirname "$0")/..}
BUILD=${BUILD:-$SRC}
cd "$SRC" || exit 99
n=0

# check NAME PROBLEMS: passes if there are no problems
check() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "$2" | sed 's/^/# /'
	fi
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# ---- the folder table ----

# Prints "folder allowed allowed ..." for each row; "all but x" becomes all the others.
table() {
	awk '
	/may include/ { from = index($0, "may include"); to = index($0, "outside library"); next }
	from && NF { split($0, word, " "); folder[++count] = word[1]; may[word[1]] = substr($0, from, to - from) }
	END {
		for (i = 1; i <= count; i++) {
			allowed = may[folder[i]]
			if (allowed ~ /^all but /) {
				split(allowed, word, " ")
				allowed = ""
				for (k = 1; k <= count; k++)
					if (folder[k] != word[3])
						allowed = allowed " " folder[k]
			}
			print folder[i], allowed
		}
	}' src/README
}

# Prints each forbidden include of a folder: $1 the folder, the rest what it may include besides itself.
forbidden() {
	own=$1
	for file in "src/$own"/*.[ch] "src/$own"/*.cc "src/$own"/*.def; do
		[ -f "$file" ] || continue
		for name in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file"); do
			ok=
			[ "$name" = config.h ] && ok=1
			for folder in "$@"; do
				[ -f "src/$folder/$name" ] && ok=1
			done
			[ "$ok" ] || echo "$file includes $name"
		done
	done
}

folders=$(table | awk '{ print $1 }')
missing=
for folder in $folders; do
	[ -d "src/$folder" ] || missing="$missing$folder is in the table of src/README, but not in src/
"
done
for folder in src/*/; do
	echo "$folders" | grep -qx "$(basename "$folder")" ||
		missing="$missing$folder is not in the table of src/README
"
done
check "the table of src/README has every folder" "$missing"
# Two headers of one name would make -I decide which one is meant.
check "no two headers have one name" "$(find src -name '*.h' | sed 's,.*/,,' | sort | uniq -d)"
for folder in $folders; do
	check "$folder includes only what it may" "$(forbidden $(table | grep "^$folder "))"
done

# ---- one user for each outside library ----

# only HEADER FILES...: the header is included nowhere but in those (shell patterns)
only() {
	header=$1
	shift
	found=$(grep -rlE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<$header" src)
	problems=
	for file in $found; do
		ok=
		for pattern in "$@"; do
			case $file in $pattern) ok=1 ;; esac
		done
		[ "$ok" ] || problems="$problems$file includes <$header...>
"
	done
	[ "$found" ] || problems="nobody includes <$header...>: is this line out of date?"
	check "<$header...> is included only where it belongs" "$problems"
}

only gmime src/mail/reader.c src/mail/charset.c src/mail/decode.c src/mail/decode.h
only libxml src/mail/html.c
only confuse 'src/conf/*.c' src/conf/conf_parse.h
only csv.h src/conf/conf_csv.c
only libical 'src/conf/calendar*.c'
only cairo 'src/draw/*.c'
only sqlite3 src/store/store_sqlite.h 'src/store/store_sqlite*.c'
only smpp34 src/out/smpp_pdu.c
only libesmtp src/out/smtp.c
only openssl src/out/tls.c src/mail/digest.c src/base/sha256.c
only libmilter 'src/milter/*'
only unicode/ src/core/dates.c src/core/latin.c
only phonenumbers/ src/core/phone.cc
only pcre2 src/core/pattern.c
only jansson src/core/json.h 'src/ctl/*.c' src/ringbackd.c

# ---- the clock, and the pure core ----

wall_clock='(^|[^a-z_])(time|clock_gettime|gettimeofday|g_get_real_time|g_date_time_new_now[a-z_]*) *\('
check "only clock.c asks the time" "$(for file in src/*.c src/*/*.[ch] src/*/*.cc; do
		[ "$file" = src/base/clock.c ] ||
			sed 's,/\*.*,,; s,//.*,,; /^[[:space:]]*\*/d' "$file" | grep -E "$wall_clock" | sed "s,^,$file: ,"
	done)"

impure='time|clock_gettime|gettimeofday|g_get_(real|monotonic)_time|g_date_time_new_now.*|open|open64|openat|fopen|fopen64'
impure="$impure|creat|read|write|close|unlink|rename|stat|stat64|socket|connect|bind|listen|accept|send|recv|getaddrinfo"
impure="$impure|getenv|secure_getenv|g_getenv|setenv|system|popen|fork|exec.*|g_spawn.*|g_file_.*|g_log|g_log_.*|printf"
impure="$impure|fprintf|puts|fputs|syslog|rand|random|g_random_.*|getpid|sleep|usleep|clock_now|clock_mono_ms|log_.*|sqlite3_.*"
library=$BUILD/libcore.a
if [ -f "$library" ]; then
	# Without sanitizers' and GLib's own checks (g_log in assertions of g_return_if_fail is not used in core).
	symbols=$(nm -u "$library" 2>/dev/null | awk '$1 == "U" { sub(/@.*/, "", $2); print $2 }' | sort -u)
	check "libcore.a has symbols to look at" "$([ "$symbols" ] || echo "nm -u $library gives none")"
	check "libcore.a calls no clock, file, socket, environment or log" "$(echo "$symbols" | grep -xE "$impure")"
else
	skip "libcore.a calls no clock, file, socket, environment or log" "$library is not built"
fi

# ---- sizes that style sets ----

check "no source file has over 600 lines" "$(find src -name '*.[ch]' -o -name '*.cc' | xargs wc -l |
	awk '$2 != "total" && $1 > 600')"
check "no goto" "$(grep -rnE '^[^*"]*\bgoto\b' src --include='*.[ch]' --include='*.cc')"

echo "1..$n"
