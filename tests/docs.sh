#!/bin/sh
# Does the documentation say what the programs do? TAP. Every check is run on a spoiled copy too and must then complain.
# Wants SRC and BUILD, the top folders of source and build.
: "${SRC:?}" "${BUILD:?}"
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
n=0

# report NAME: standard input is what is wrong, nothing if all is well
report() {
	n=$((n + 1))
	if [ -s "$tmp/found" ]; then
		sed 's/^/# /' "$tmp/found"
		echo "not ok $n - $1"
	else
		echo "ok $n - $1"
	fi
}

# check NAME FUNCTION ARGUMENTS...
check() {
	name=$1
	shift
	"$@" >"$tmp/found" 2>&1
	report "$name"
}

# spoiled NAME FUNCTION ARGUMENTS...: the same must find something
spoiled() {
	name=$1
	shift
	if [ -n "$("$@" 2>&1)" ]; then
		: >"$tmp/found"
	else
		echo "the check found nothing wrong" >"$tmp/found"
	fi
	report "$name: can fail"
}

# ---- keys: "section name default" of conf.def ----
keys() {
	sed -n -e 's/^SETTING(\([a-z]*\), *[A-Z]*, *\([a-z_]*\), *\(NEEDED\|"[^"]*"\),.*/\1 \2 \3/p' \
		-e 's/^CHOICE(\([a-z]*\), *\([a-z_]*\), *\("[^"]*"\),.*/\1 \2 \3/p' "$SRC/src/conf/conf.def"
}

keys_read() {
	all=$(grep -c '^SETTING(\|^CHOICE(' "$SRC/src/conf/conf.def")
	[ "$(keys | wc -l)" -eq "$all" ] || echo "not every line of conf.def can be read: $(keys | wc -l) of $all"
	[ "$all" -gt 40 ] || echo "only $all keys in conf.def"
}

keys_in_sample() {	# FILE
	keys | while read -r section key rest; do
		case $section in
		main) grep -Eq "^#?$key = " "$1" ;;
		*) sed -n "/^$section /,/^}/p" "$1" | grep -Eq "(^#?[[:blank:]]|\{ |  )$key = " ||
			{ [ "$section" = step ] && grep -Eq "step \{.*[[:blank:]]$key = " "$1"; } ||
			{ [ "$section" = rotation ] && sed -n "/rotation {/,/^[[:blank:]]*}\$/p" "$1" | grep -Eq "^#?[[:blank:]]*$key = "; } ;;
		esac || echo "$section $key is not in the sample"
	done
}

sample_keys_exist() {	# FILE
	sed -n 's/^#\{0,1\}[[:blank:]]*\([a-z_]*\) += .*/\1/p; s/^#\{0,1\}[[:blank:]]*\([a-z_]*\) = .*/\1/p' "$1" | sort -u |
		while read -r key; do
			keys | grep -q "^[a-z]* $key " || echo "there is no key $key, which the sample has"
		done
}

# The part of the page that is about a section.
part() {	# FILE SECTION
	case $2 in
	main) sed -n '/^\.SH KEYS AT/,/^\.SH SOURCES/p' "$1" ;;
	source) sed -n '/^\.SH SOURCES/,/^\.SH PEOPLE/p' "$1" ;;
	person) sed -n '/^\.SH PEOPLE/,/^\.SH ESC/p' "$1" ;;
	policy) sed -n '/^\.SH ESC/,/^\.SS Steps/p' "$1" ;;
	step) sed -n '/^\.SS Steps/,/^\.SH SCHEDULES/p' "$1" ;;
	caller) sed -n '/^\.SH CALLERS/,/^\.SH CSV/p' "$1" ;;
	schedule) sed -n '/^\.SH SCHEDULES/,/^\.SS Rotations/p' "$1" ;;
	rotation) sed -n '/^\.SS Rotations/,/^\.SH CALLERS/p' "$1" ;;
	line) sed -n '/^\.SH LINES/,/^\.SH OPENING/p' "$1" ;;
	rule) sed -n '/^\.SH RULES/,/^\.SH PRESETS/p' "$1" ;;
	replies) sed -n '/^\.SH REPLIES/,/^\.SH PROFILES/p' "$1" ;;
	provider) sed -n '/^\.SH PROVIDER/,/^\.SH PROFILES/p' "$1" ;;
	esac
}

# Each key has an entry with its default.
keys_in_page() {	# FILE
	keys | while read -r section key fallback; do
		part "$1" "$section" | sed 's/\\-/-/g' | sed -n "/^\.B $key\$/,/^\.TP/p" >"$tmp/entry"
		case $fallback in
		NEEDED) want="Must be given;" ;;
		'""') want="Default: none;" ;;
		*) want="Default: $(echo "$fallback" | tr -d '"');" ;;
		esac
		grep -qF "$want" "$tmp/entry" || echo "$section $key: no entry with \"$want\""
	done
}

# ... and with its range, where that is one from ... to ...
ranges_in_page() {	# DEFAULTS PAGE
	awk '{ sub(/^[[:blank:]]*(# )?/, "") } /^[a-z_]+ = / { if (range != "") print $1, range; range = ""; next } {
		range = /^[^ ]+ to [^ ]+$/ ? $0 : "" }' "$1" >"$tmp/ranges"
	[ "$(wc -l <"$tmp/ranges")" -ge 10 ] || echo "only $(wc -l <"$tmp/ranges") ranges are printed"
	while read -r key range; do
		sed 's/\\-/-/g' "$2" | sed -n "/^\.B $key\$/,/^\.TP/p" | grep -qF "; $range." || echo "$key: no entry with \"$range\""
	done <"$tmp/ranges"
}

keys_printed() {	# FILE: what --print-defaults says
	keys | while read -r section key rest; do
		grep -Eq "^[[:blank:]]*(# )?$key = " "$1" || echo "$section $key is not printed"
	done
}

# ---- options of ringbackd ----
help_options() {	# FILE
	grep -o -- '--[a-z][a-z-]*' "$1" | sort -u
}

page_options() {	# FILE
	sed -n '/^\.SH OPTIONS/,/^\.SH START/p' "$1" | sed 's/\\-/-/g' | grep '^\.B' | grep -o -- '--[a-z][a-z-]*' | sort -u
}

options_agree() {	# HELP PAGE
	help_options "$1" >"$tmp/one"
	page_options "$2" >"$tmp/other"
	[ -s "$tmp/one" ] || echo "no options in --help"
	comm -23 "$tmp/one" "$tmp/other" | sed 's/$/ is not in the manual page/'
	comm -13 "$tmp/one" "$tmp/other" | sed 's/$/ is in the manual page alone/'
}

# ---- commands of ringback: lines of --help that begin with two blanks and a word ----
commands_in_page() {	# HELP PAGE
	sed -n 's/^  \([a-z][a-z]*\)\( .*\)*$/\1/p' "$1" | sort -u >"$tmp/one"
	[ "$(wc -l <"$tmp/one")" -ge 11 ] || echo "only $(wc -l <"$tmp/one") commands in --help"
	while read -r command; do
		sed 's/\\-/-/g' "$2" | grep -Eq "^\.(B|BR|SS|IP|TP|It) .*\b(ringback )?$command\b" ||
			echo "$command is not in ringback.1"
	done <"$tmp/one"
}

# ---- options of ringback's commands ----
command_options_in_page() {	# HELP PAGE
	help_options "$1" | grep -v '^--$' >"$tmp/one"
	[ "$(wc -l <"$tmp/one")" -ge 10 ] || echo "only $(wc -l <"$tmp/one") options in the help texts"
	while read -r option; do
		grep -Eq "^\.It Fl .*${option#-}( |\$)" "$2" || echo "$option is not in ringback.1"
	done <"$tmp/one"
}

# ---- pages ----
page_renders() {	# FILE
	LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l "$1" 2>&1 >"$tmp/page"
	[ "$(wc -l <"$tmp/page")" -gt 20 ] || echo "$1 is empty"
}

# ---- examples: what stands below a comment "ringback sms preview ..." is what that prints ----
examples_agree() {	# PAGE
	grep '^\.\\" ringback sms preview' "$1" | sed 's/^\.\\" ringback //' >"$tmp/commands"
	[ "$(wc -l <"$tmp/commands")" -ge 3 ] || echo "only $(wc -l <"$tmp/commands") examples"
	while read -r command; do
		"$BUILD/src/ringback" -c "$tmp/example.conf" --json $command >"$tmp/json" ||
			echo "ringback $command fails"
		/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["text"])' <"$tmp/json" >"$tmp/want"
		sed "1,/^\.\\\\\" ringback $command\$/d" "$1" | sed -n '/^\.RE$/q; /^$/q; p' >"$tmp/got"
		cmp -s "$tmp/want" "$tmp/got" || { echo "ringback $command prints"; cat "$tmp/want"; }
	done <"$tmp/commands"
}

sample=$SRC/conf/ringback.conf.sample
page=$SRC/doc/ringback.conf.5

check "conf.def can be read" keys_read
check "every key is in the sample" keys_in_sample "$sample"
for key in collect_window password_file tell; do
	sed "s/$key/x/" "$sample" >"$tmp/sample"
	spoiled "every key is in the sample ($key)" keys_in_sample "$tmp/sample"
done
check "every key of the sample exists" sample_keys_exist "$sample"
{ cat "$sample"; echo "#colour = red"; } >"$tmp/sample"
spoiled "every key of the sample exists" sample_keys_exist "$tmp/sample"
check "every key is in ringback.conf.5 with its default" keys_in_page "$page"
sed '/^\.B sms_max/d' "$page" >"$tmp/spoiled"
spoiled "every key is in ringback.conf.5" keys_in_page "$tmp/spoiled"
sed 's/Default: 45s/Default: 46s/' "$page" >"$tmp/spoiled"
spoiled "every default is in ringback.conf.5" keys_in_page "$tmp/spoiled"

"$BUILD/src/ringbackd" --print-defaults >"$tmp/defaults" 2>&1
check "every key is printed by --print-defaults" keys_printed "$tmp/defaults"
check "every range is in ringback.conf.5" ranges_in_page "$tmp/defaults" "$page"
sed 's/64K to /65K to /' "$page" >"$tmp/spoiled"
spoiled "every range is in ringback.conf.5" ranges_in_page "$tmp/defaults" "$tmp/spoiled"
grep -v 'code_rest' "$tmp/defaults" >"$tmp/spoiled"
spoiled "every key is printed by --print-defaults" keys_printed "$tmp/spoiled"

"$BUILD/src/ringbackd" --help >"$tmp/help" 2>&1
check "options of ringbackd and ringbackd.8 agree" options_agree "$tmp/help" "$SRC/doc/ringbackd.8"
echo "  --colour" >>"$tmp/help"
spoiled "options of ringbackd are in ringbackd.8" options_agree "$tmp/help" "$SRC/doc/ringbackd.8"
grep -v -- '--role' "$tmp/help" >"$tmp/help2"
spoiled "options of ringbackd.8 exist" options_agree "$tmp/help2" "$SRC/doc/ringbackd.8"

"$BUILD/src/ringback" --help >"$tmp/help" 2>&1
check "every command of ringback is in ringback.1" commands_in_page "$tmp/help" "$SRC/doc/ringback.1"
echo "  colour FILE   paint it" >>"$tmp/help"
spoiled "every command of ringback is in ringback.1" commands_in_page "$tmp/help" "$SRC/doc/ringback.1"

for command in $(cut -d' ' -f3 "$tmp/help" | grep '^[a-z]'); do
	"$BUILD/src/ringback" help "$command" 2>/dev/null
done >"$tmp/options"
"$BUILD/src/ringback" --help >>"$tmp/options"
check "every option of ringback is in ringback.1" command_options_in_page "$tmp/options" "$SRC/doc/ringback.1"
echo "  --colour" >>"$tmp/options"
spoiled "every option of ringback is in ringback.1" command_options_in_page "$tmp/options" "$SRC/doc/ringback.1"

cat >"$tmp/example.conf" <<EOF
region = GB
timezone = "Europe/London"
audit = calls@example.com
sources = { "192.0.2.10" }
person anna { mail = anna@example.com }
line clinic {
	name = Clinic
	owner = anna
}
EOF
check "the texts in ringback.conf.5 are those of ringback sms preview" examples_agree "$page"
sed 's/in 15m$/in 16m/' "$page" >"$tmp/spoiled"
spoiled "the texts in ringback.conf.5 are those of ringback sms preview" examples_agree "$tmp/spoiled"

for p in "$SRC"/doc/*.[1-8]; do
	if command -v man >/dev/null 2>&1 && command -v groff >/dev/null 2>&1; then
		check "$(basename "$p") renders without warnings" page_renders "$p"
	else
		n=$((n + 1))
		echo "ok $n - $(basename "$p") renders # SKIP man or groff is missing: apt-get install man-db groff-base"
	fi
done
if command -v man >/dev/null 2>&1 && command -v groff >/dev/null 2>&1; then
	{ cat "$page"; printf '.XY\n.B\n\\fQ x\n.TH\n'; } >"$tmp/spoiled.5"
	spoiled "a page renders without warnings" page_renders "$tmp/spoiled.5"
fi
echo "1..$n"
