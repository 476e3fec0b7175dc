/* How fast mails are read, without a milter around it: structure, decoding, profiles. One thread, no output but JSON.
 *
 *	readload MAIL COUNT PROFILES [FOLDER]
 *
 * MAIL is read COUNT times with PROFILES profiles: those of FOLDER ($RINGBACK_PROFILE_DIR), and made-up ones of the same
 * form until there are as many. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "conf.h"
#include "phone.h"
#include "reader.h"

static struct profiles *load(const char *folder)
{
	struct profiles *p = profiles_new();
	g_autoptr(GError) err = NULL;
	GDir *d = g_dir_open(folder, 0, &err);
	const char *name;

	while (d && !err && (name = g_dir_read_name(d))) {
		g_autofree char *file = g_build_filename(folder, name, NULL);

		if (g_str_has_suffix(name, ".conf"))
			profile_file_add(p, file, &err);
	}
	if (err) {
		fprintf(stderr, "readload: %s\n", err->message);
		exit(1);
	}
	g_dir_close(d);
	return p;
}

static void add_pattern(GArray *list, enum profile_where where, char *pattern)
{
	struct profile_pattern p = { .where = where, .pattern = pattern };

	g_array_append_val(list, p);
}

/* As the others are: a sender, words of a text, and a dozen rules that take something. */
static void pad(struct profiles *p, guint n)
{
	static const char *const fields[] = { "caller", "caller_name", "called", "time", "duration", "call_id" };

	while (profiles_count(p) < n) {
		struct profile_def *d = profile_def_new();

		d->name = g_strdup_printf("bench-%u", profiles_count(p));
		d->file = g_strdup("bench.conf");
		d->priority = 1;	/* before the real ones */
		add_pattern(d->match, WHERE_FROM, g_strdup_printf("(?i)Vendor %u PBX", profiles_count(p)));
		add_pattern(d->match, WHERE_TEXT, g_strdup("^(?:Missed|New) (?:call|voicemail) from "));
		for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
			add_pattern(d->extract, WHERE_TEXT, g_strdup_printf("^%s:[ \\t]*(?<%s>[^\\n]+)$", fields[i], fields[i]));
		if (!profiles_add(p, d, NULL))
			abort();
	}
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static glong highest_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static const char *read_once(const struct profiles *p, const char *mail, gsize size, gsize *arena_r)
{
	const struct profile_context ctx = { .region = "US", .zone = "America/New_York", .arrived = 1772500000 };
	AUTO_ARENA a = arena_new();
	const struct call *c = profiles_read(p, reader_read(mail, size, NULL, a), &ctx, a);

	*arena_r = arena_size(a);
	return c ? g_intern_string(c->profile) : NULL;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 4 ? argv[4] : g_getenv("RINGBACK_PROFILE_DIR"), *profile = NULL;
	g_autofree char *mail = NULL;
	gsize size, arena = 0;
	struct profiles *p;
	double start;
	glong before;
	guint n;

	if (argc < 4 || !folder || !g_file_get_contents(argv[1], &mail, &size, NULL) || (n = (guint)atoi(argv[2])) == 0) {
		fprintf(stderr, "usage: readload MAIL COUNT PROFILES [FOLDER]\n");
		return 1;
	}
	reader_init();
	p = load(folder);
	pad(p, (guint)atoi(argv[3]));
	read_once(p, mail, MIN(size, 4000), &arena);	/* what libraries keep for good */
	before = highest_kib();
	for (guint i = 0; i < n / 10 + 1; i++)
		read_once(p, mail, size, &arena);
	start = cpu_s();
	for (guint i = 0; i < n; i++)
		profile = read_once(p, mail, size, &arena);
	printf("{\"profiles\": %u, \"octets\": %zu, \"mails\": %u, \"rate\": %.0f, \"profile\": \"%s\", \"arena\": %zu, "
	       "\"grown_kib\": %ld}\n", profiles_count(p), size, n, n / (cpu_s() - start), profile ? profile : "", arena,
	       highest_kib() - before);
	profiles_free(p);
	return 0;
}
