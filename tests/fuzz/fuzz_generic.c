/* Octets of a mail through the generic profile, sure or not: what comes out is one line of valid UTF-8 each, and no text
 * takes long. */
#include <string.h>
#include <time.h>

#include "conf.h"
#include "reader.h"

#define SLOW_MS 300	/* of this thread, with sanitizers and all patterns of dates opened for the first time; a thirtieth
			 * is usual without */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct profiles *profiles;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *dir = g_getenv("RINGBACK_PROFILE_DIR");

	(void)argc;
	(void)argv;
	reader_init();
	profiles = profiles_new();
	g_assert_true(generic_folder_add(profiles, dir ? dir : "conf/profiles", NULL));
	g_assert_cmpuint(generic_languages(profiles_generic(profiles)), >=, 10);
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

static double spent_ms(void)
{
	struct timespec t;

	g_assert_cmpint(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t), ==, 0);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct profile_context ctx = { .region = "US", .zone = "America/New_York", .arrived = 1772500000,
						    .generic = 1 };
	AUTO_ARENA a = arena_new();
	const struct letter *l = reader_read((const char *)data, size, NULL, a);
	double begin = spent_ms();
	const struct call *c = generic_read(profiles_generic(profiles), l, &ctx, l->date, a);

	g_assert_cmpfloat(spent_ms() - begin, <, SLOW_MS);
	if (!c)
		return 0;
	g_assert_true(c->class != CLASS_NONE && c->time != 0 && c->duration_s >= -1);
	g_assert_true(c->confidence >= 1 && c->confidence <= 99);
	check_line(c->caller, 17);
	check_line(c->caller_raw, 100);
	check_line(c->caller_name, 100);
	check_line(c->called, 100);
	check_line(c->transcript, 5000);
	return 0;
}
