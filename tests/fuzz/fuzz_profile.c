/* Octets of a mail through every installed profile: what comes out is one line of valid UTF-8 each, within its limit. */
#include <string.h>

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct profile_context ctx = { .region = "US", .zone = "America/New_York", .arrived = 1772500000 };
	AUTO_ARENA a = arena_new();
	const struct call *c = profiles_read(profiles, reader_read((const char *)data, size, NULL, a), &ctx, a);

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
