/* Mails under golden/<profile>/NAME.eml, read as ringback reads them and compared with NAME.expected. With
 * GOLDEN_UPDATE=1 in the environment the expected texts are written anew: look at the difference. The first lines of a
 * mail may say what to read it with: "X-Golden: REGION ZONE". */
#include <glib.h>
#include <string.h>

#include "profile_world.h"
#include "reader.h"
#include "text.h"

static struct profiles *profiles, *without_index;

static void put(GString *s, const char *key, const char *value)
{
	if (value)
		g_string_append_printf(s, "%s: %s\n", key, value);
}

/* What ringback status would count of the mail. */
static void print_drift(GString *s, const struct profile_drift *d)
{
	if (d->profile && !d->missing)
		put(s, "drift: not read, but signed as", d->profile);
	for (guint f = 0; d->profile && f < N_FIELDS; f++)
		if (d->missing & 1u << f)
			put(s, "drift: missing", call_field_name(f));
}

static char *print(const struct call *c, const struct profile_drift *drift)
{
	GString *s = g_string_new(NULL);
	char at[32];

	if (!c) {
		put(s, "class", "none");
		print_drift(s, drift);
		return g_string_free(s, FALSE);
	}
	put(s, "profile", c->profile);
	if (c->confidence < 100)
		g_string_append_printf(s, "confidence: %d\n", c->confidence);
	put(s, "class", class_name(c->class));
	put(s, "reason", reason_name(c->reason));
	put(s, "caller", c->withheld ? "withheld" : c->caller);
	put(s, "caller_raw", c->caller_raw);
	put(s, "caller_name", c->caller_name);
	put(s, "called", c->called);
	put(s, "called_name", c->called_name);
	g_string_append_printf(s, "time: %s (%s)\n", text_time(c->time, at), c->time_printed ? "printed" : "of the mail");
	if (c->waited_s > 0)
		g_string_append_printf(s, "waited_s: %d\n", c->waited_s);
	if (c->duration_s >= 0)
		g_string_append_printf(s, "duration_s: %d\n", c->duration_s);
	put(s, "transcript", c->transcript);
	put(s, "transcript_lang", c->transcript_lang);
	put(s, "transcript_engine", c->transcript_engine);
	put(s, "call_id", c->call_id);
	put(s, "audio_type", c->audio_type);
	put(s, "audio_name", c->audio_name);
	print_drift(s, drift);
	return g_string_free(s, FALSE);
}

static char *read_mail(const char *mail, gsize size)
{
	AUTO_ARENA a = arena_new();
	struct letter *l = reader_read(mail, size, NULL, a);
	const char *golden = letter_header(l, "X-Golden");
	g_auto(GStrv) words = g_strsplit(golden ? golden : "US America/New_York", " ", 2);
	struct profile_drift drift, same_drift;
	struct profile_context ctx = { .region = words[0], .zone = words[1], .arrived = 1772500000,
				       .generic = 60, .drift = &drift };
	struct profile_context plain = ctx;
	const struct call *c = profiles_read(profiles, l, &ctx, a), *same;
	g_autofree char *other = NULL;
	char *text = print(c, &drift);

	plain.drift = &same_drift;
	same = profiles_read(without_index, l, &plain, a);
	other = print(same, &same_drift);

	g_assert_cmpstr(text, ==, other);
	if (c && strcmp(c->profile, "generic") == 0)
		g_assert_true(profiles_may_be_generic(profiles, reader_read_headers(mail, size, a)));
	else if (c)
		g_assert_true(profiles_may_match(profiles, reader_read_headers(mail, size, a), NULL));
	return text;
}

static void test_mail(const void *data)
{
	const char *file = data;
	g_autofree char *mail = NULL, *expected = NULL, *got = NULL;
	g_autofree char *stem = g_strndup(file, strlen(file) - strlen(".eml"));
	g_autofree char *answer = g_strconcat(stem, ".expected", NULL);
	g_autoptr(GError) err = NULL;
	gsize size;

	g_file_get_contents(file, &mail, &size, &err);
	g_assert_no_error(err);
	got = read_mail(mail, size);
	if (g_getenv("GOLDEN_UPDATE")) {
		g_file_set_contents(answer, got, -1, &err);
		g_assert_no_error(err);
	}
	g_file_get_contents(answer, &expected, NULL, &err);
	g_assert_no_error(err);
	g_assert_cmpstr(got, ==, expected);
}

static void add_folder(const char *root, const char *folder)
{
	g_autofree char *path = g_build_filename(root, folder, NULL);
	g_autoptr(GDir) d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d)))
		if (g_str_has_suffix(name, ".eml")) {
			g_autofree char *test = g_strdup_printf("/golden/%s/%s", folder, name);

			g_test_add_data_func_full(test, g_build_filename(path, name, NULL), test_mail, g_free);
		}
}

int main(int argc, char **argv)
{
	g_autofree char *root = NULL;
	g_autoptr(GDir) d = NULL;
	const char *name;
	int failed;

	g_test_init(&argc, &argv, NULL);
	reader_init();
	profiles = profile_world_installed();
	without_index = profile_world_installed();
	profiles_try_all(without_index);
	root = g_test_build_filename(G_TEST_DIST, "golden", NULL);
	d = g_dir_open(root, 0, NULL);
	g_assert_nonnull(d);
	while ((name = g_dir_read_name(d)))
		add_folder(root, name);
	failed = g_test_run();
	profiles_free(profiles);
	profiles_free(without_index);
	return failed;
}
