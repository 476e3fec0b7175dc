#!/bin/sh
# What the tests ran through: lines in percent for each folder, then the files that are below LOW (95). By gcov, which
# comes with gcc. Wants SRC and BUILD, a build with --enable-coverage whose tests have run.
: "${SRC:?}" "${BUILD:?}"
cd "$BUILD" || exit 1
if [ -z "$(find src -name '*.gcda' -print -quit)" ]; then
	echo "coverage: no data; ../configure --enable-coverage, make check" >&2
	exit 1
fi
find src -name '*.gcda' -exec gcov -n {} + 2>/dev/null | awk -v low="${LOW:-95}" '
	/^File / {
		file = $2
		gsub(/\047/, "", file)
		if (!sub(/.*\/src\//, "", file))
			file = ""
	}
	/^Lines executed:/ && file != "" {
		split($2, part, /[:%]/)
		if ($4 > total[file]) {
			total[file] = $4
			run[file] = part[2] * $4 / 100
		}
		file = ""
	}
	END {
		for (f in total) {
			folder = f
			if (!sub(/\/.*/, "", folder))
				folder = "mains"
			lines[folder] += total[f]
			ran[folder] += run[f]
			if (run[f] * 100 < low * total[f])
				printf "  %-34s %5.1f %% of %4d lines\n", f, run[f] * 100 / total[f], total[f] | "sort >&3"
		}
		for (d in lines)
			printf "%-12s %5.1f %% of %5d lines\n", d, ran[d] * 100 / lines[d], lines[d] | "sort"
	}' 3>"$BUILD/coverage.low"
echo "below ${LOW:-95} %:"
cat "$BUILD/coverage.low"
