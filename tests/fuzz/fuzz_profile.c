/* Octets of a mail through every installed profile: what comes out is one line of valid UTF-8 each, within its limit, and
 * it takes no longer than it may: in steps of the patterns, and in processor time, which sanitizers stretch. */
#include <string.h>
#include <time.h>

#include "conf.h"
#include "reader.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct profiles *profiles;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *dir = g_getenv("RINGBACK_PROFILE_DIR");
	g_autoptr(GDir) d = g_dir_open(dir ? dir : "conf/profiles", 0, NULL);
	const char *name;

	(void)argc;
	(void)argv;
	reader_init();
	profiles = profiles_new();
	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *file = g_build_filename(dir ? dir : "conf/profiles", name, NULL);

		if (g_str_has_suffix(name, ".conf"))
			g_assert_true(profile_file_add(profiles, file, NULL));
	}
	g_assert_cmpuint(profiles_count(profiles), >=, 5);
	return 0;
}

static void check_line(const char *s, glong max)
{
	if (!s)
		return;
	g_assert_true(*s && g_utf8_validate(s, -1, NULL));
	g_assert_cmpint(g_utf8_strlen(s, -1), <=, max);
	for (const char *p = s; *p; p = g_utf8_next_char(p))
		g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
}

#define STEPS_MAX 510000	/* the last match may go a little over the limit */
#define CPU_MAX_S 1.0		/* 50 ms without sanitizers */

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const struct call *read_in_time(const struct letter *l, struct arena *a)
{
	struct profile_trace t;
	struct profile_drift drift;
	const struct profile_context ctx = {
		.region = "US", .zone = "America/New_York", .arrived = 1772500000, .trace = &t, .drift = &drift,
	};
	const double start = cpu_s();
	const struct call *c;

	profile_trace_init(&t);
	c = profiles_read(profiles, l, &ctx, a);
	g_assert_cmpuint(t.steps, <, STEPS_MAX);
	g_assert_cmpfloat(cpu_s() - start, <, CPU_MAX_S);
	g_assert_true(t.exhausted == drift.exhausted);
	for (guint i = 0; i < t.values->len; i++)
		g_assert_nonnull(g_array_index(t.values, struct profile_value, i).raw);
	profile_trace_clear(&t);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	const struct call *c = read_in_time(reader_read((const char *)data, size, NULL, a), a);

	profiles_may_match(profiles, reader_read_headers((const char *)data, size, a), NULL);
	if (!c)
		return 0;
	g_assert_true(c->profile && c->class != CLASS_NONE && c->time != 0 && c->duration_s >= -1);
	check_line(c->caller, 17);
	check_line(c->caller_raw, 100);
	check_line(c->caller_name, 100);
	check_line(c->called, 100);
	check_line(c->called_name, 100);
	check_line(c->transcript, 5000);
	check_line(c->call_id, 100);
	return 0;
}
