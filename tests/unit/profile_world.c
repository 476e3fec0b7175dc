#include "profile_world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "conf.h"

const struct profile_context profile_ctx = { .region = "US", .zone = "America/New_York", .arrived = PROFILE_NOW };

const struct letter letter_empty = {
	.subject = "", .from = "", .to = "", .message_id = "", .text = "", .html = "", .date = PROFILE_NOW,
};

static char *folder;

void profile_world_open(void)
{
	folder = g_dir_make_tmp("ringback-profile-XXXXXX", NULL);
	g_assert_nonnull(folder);
}

static void remove_all(const char *path)
{
	g_autoptr(GDir) d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_all(inner);
	}
	g_remove(path);
}

void profile_world_close(void)
{
	remove_all(folder);
	g_free(folder);
}

char *profile_world_path(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

gboolean profile_world_add_file(struct profiles *p, const char *name, const char *text, GError **err)
{
	g_autofree char *file = profile_world_path(name);

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	return profile_file_add(p, file, err);
}

void profile_world_add(struct profiles *p, const char *text)
{
	g_autoptr(GError) err = NULL;

	profile_world_add_file(p, "test.conf", text, &err);
	g_assert_no_error(err);
}

struct profiles *profile_world_installed(void)
{
	const char *dir = g_getenv("RINGBACK_PROFILE_DIR");
	g_autoptr(GDir) d = dir ? g_dir_open(dir, 0, NULL) : NULL;
	g_autoptr(GError) err = NULL;
	struct profiles *p = profiles_new();
	const char *name;

	g_assert_nonnull(d);
	while ((name = g_dir_read_name(d))) {
		g_autofree char *file = g_build_filename(dir, name, NULL);

		if (g_str_has_suffix(name, ".conf"))
			profile_file_add(p, file, &err);
		g_assert_no_error(err);
	}
	generic_folder_add(p, dir, &err);
	g_assert_no_error(err);
	g_assert_cmpuint(profiles_count(p), >=, 5);
	g_assert_cmpuint(generic_languages(profiles_generic(p)), >=, 10);
	return p;
}
