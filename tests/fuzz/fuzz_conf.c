/* Any octets as a configuration file: a snapshot that fits together, or errors that say where; never both or neither. */
#include "config.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *folder, *profile;

static void clean_up(void)
{
	g_unlink(profile);
	g_rmdir(folder);
}

/* One small profile: those that are installed take longer to compile than all the rest. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	folder = g_dir_make_tmp("ringback-fuzz-XXXXXX", NULL);
	profile = g_build_filename(folder, "a.conf", NULL);
	g_assert_true(g_file_set_contents(profile, "profile \"a\" { match { subject('^a$') } }\n", -1, NULL));
	g_setenv("RINGBACK_PROFILE_DIR", folder, TRUE);
	return atexit(clean_up);
}

static void check_errors(const char *file, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	g_assert_true(*text && g_utf8_validate(text, -1, NULL));
	g_assert_true(g_str_has_prefix(lines[0], file) || *lines[0] == '/');
}

static void check_conf(const struct conf *c)
{
	const struct roster *r = c->roster;

	g_assert_nonnull(r->default_line);
	g_assert_true(c->sources->len > 0);
	for (guint i = 0; i < c->sources->len; i++) {
		const struct source *s = c->sources->pdata[i];

		g_assert_true(s->networks->len > 0 || s->auth || s->dkim);
	}
	for (guint i = 0; i < r->lines->len; i++) {
		const struct line *l = r->lines->pdata[i];

		g_assert_true(l->owner && *l->owner->mail && *l->audit && *l->zone);
	}
	for (guint i = 0; i < r->policies->len; i++) {
		const struct escalation_policy *p = r->policies->pdata[i];

		g_assert_true(p->n_steps >= 1 && p->n_steps <= 32);
		for (guint j = 0; j < p->n_steps; j++)
			g_assert_true(p->steps[j].tell->phone && p->steps[j].wait_s >= 60);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("conf", MFD_CLOEXEC);
	g_autofree char *file = g_strdup_printf("/proc/self/fd/%d", fd);
	g_autoptr(GError) err = NULL;
	struct conf *c;

	g_assert_true(fd >= 0 && write(fd, data, size) == (gssize)size);
	c = conf_load(file, &err);
	g_assert_true((c == NULL) == (err != NULL));
	if (c)
		check_conf(c);
	else
		check_errors(file, err->message);
	conf_unref(c);
	close(fd);
	return 0;
}
