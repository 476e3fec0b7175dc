#!/bin/sh
# Replays tests/fuzz/corpus/TARGET/* through each fuzz target that was built: one TAP line a target.
# Wants SRC and BUILD, the top folders of source and build.
: "${SRC:?}" "${BUILD:?}"
corpus=$SRC/tests/fuzz/corpus
out=$(mktemp) || exit 99
trap 'rm -f "$out"' EXIT

# Targets by source and by corpus: neither may be without the other.
targets=$( { ls "$SRC"/tests/fuzz/fuzz_*.c | sed 's|.*/fuzz_||; s|\.c$||'; ls "$corpus"; } | sort -u)
echo "1..$(echo "$targets" | wc -l)"
n=0
for t in $targets; do
	n=$((n + 1))
	if ! [ -x "$BUILD/tests/fuzz/fuzz_$t" ]; then
		echo "not ok $n - $t: tests/fuzz/fuzz_$t was not built"
	elif [ -z "$(ls "$corpus/$t" 2>/dev/null)" ]; then
		echo "not ok $n - $t: tests/fuzz/corpus/$t is empty"
	elif "$BUILD/tests/fuzz/fuzz_$t" "$corpus/$t" >"$out" 2>&1; then
		echo "ok $n - $t: $(tail -1 "$out")"
	else
		tail -40 "$out" | sed 's/^/# /'
		echo "not ok $n - $t: crashed or failed"
	fi
done
