/* How long a large configuration takes to load, how much memory it wants, and how long one decision takes with it. One JSON.
 *
 *	scaleload FOLDER LINES PEOPLE DECISIONS
 *
 * Writes LINES lines, PEOPLE people and as many callers as lines as CSV files into FOLDER, which must be there. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "conf.h"
#include "decide.h"

static gint64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void save(const char *folder, const char *name, GString *text)
{
	g_autofree char *file = g_build_filename(folder, name, NULL);
	g_autoptr(GError) err = NULL;

	if (!g_file_set_contents(file, text->str, (gssize)text->len, &err)) {
		fprintf(stderr, "scaleload: %s\n", err->message);
		exit(1);
	}
	g_string_free(text, TRUE);
}

static void write_files(const char *folder, guint lines, guint people)
{
	GString *p = g_string_new("person,name,mail,mobile,groups\n"), *l = g_string_new("line,name,owner,numbers,extensions,hours,closed\n");
	GString *c = g_string_new("number,name,owner,groups\n"), *m = g_string_new(NULL);

	for (guint i = 0; i < people; i++)
		g_string_append_printf(p, "p%u,Person %u,p%u@example.com,+4477009%05u,g%u;staff\n", i, i, i, i % 100000, i % 100);
	for (guint i = 0; i < lines; i++) {
		g_string_append_printf(l, "s%u,Line %u,p%u,+4420%08u,%u,%s,night\n", i, i, i % people, i, 100000 + i,
				       i % 2 ? "" : "\"Mo-Fr 08:30-17:30; Sa 09:00-12:00\"");
		g_string_append_printf(c, "+1202%07u,Caller %u,p%u,%s\n", i, i, i % people, i % 10 ? "" : "vip");
	}
	g_string_append_printf(m, "sources = { sendmail }\naudit = calls@example.com\ndefault_line = s0\nregion = GB\ntimezone = \"Europe/London\"\n"
			       "people_file = \"%s/people.csv\"\nlines_file = \"%s/lines.csv\"\ncallers_file = \"%s/callers.csv\"\n"
			       "policy night { step { tell = schedule:oncall } step { tell = p0 } }\n"
			       "schedule oncall { rotation { members = { p1, p2 } start = \"2026-01-05\" } }\n", folder, folder, folder);
	save(folder, "people.csv", p);
	save(folder, "lines.csv", l);
	save(folder, "callers.csv", c);
	save(folder, "ringback.conf", m);
}

static int by_time(const void *a, const void *b)
{
	const gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return x < y ? -1 : x > y;
}

/* Calls of anybody on any line, each from the first thought to the last. */
static void decide_many(const struct conf *conf, guint lines, guint n, gint64 *took)
{
	const char *const rcpts[] = { "x@example.com", NULL };
	const struct facts facts = { 0 };
	guint32 random = 1;

	for (guint i = 0; i < n; i++) {
		struct arena *a = arena_new();
		char called[32], caller[32];
		const struct call call = { .profile = "x", .source = "local", .class = CLASS_MISSED, .called = called, .caller = caller,
					   .time = 1772460000 + i, .duration_s = -1, .transcript_confidence = -1 };
		const struct event notice = { .kind = EVENT_NOTICE, .call = &call, .rcpts = rcpts, .message_id = "<a@example.com>" };
		gint64 began;

		random = random * 1103515245 + 12345;
		g_snprintf(called, sizeof(called), "+4420%08u", (random >> 8) % lines);
		g_snprintf(caller, sizeof(caller), "+1202%07u", (random >> 4) % lines);
		began = now_ns();
		decide(conf->roster, &notice, &facts, 1772460000 + (gint64)i * 60, a);
		took[i] = now_ns() - began;
		arena_free(a);
	}
	qsort(took, n, sizeof(*took), by_time);
}

int main(int argc, char **argv)
{
	g_autofree char *file = argc == 5 ? g_build_filename(argv[1], "ringback.conf", NULL) : NULL;
	guint lines, people, n;
	g_autoptr(GError) err = NULL;
	g_autofree gint64 *took = NULL;
	gint64 began, loaded;
	struct rusage r;
	struct conf *conf;

	if (argc != 5) {
		fprintf(stderr, "usage: scaleload FOLDER LINES PEOPLE DECISIONS\n");
		return 64;
	}
	lines = (guint)MAX(atol(argv[2]), 1);
	people = (guint)CLAMP(atol(argv[3]), 3, 100000);
	n = (guint)MAX(atol(argv[4]), 100);
	write_files(argv[1], lines, people);
	took = g_new0(gint64, n);
	began = now_ns();
	conf = conf_load(file, &err);
	loaded = now_ns() - began;
	if (!conf) {
		fprintf(stderr, "%s\n", err->message);
		return 1;
	}
	decide_many(conf, lines, n, took);
	getrusage(RUSAGE_SELF, &r);
	printf("{\"lines\": %u, \"people\": %u, \"load_ms\": %.1f, \"peak_mib\": %.1f, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", lines, people,
	       (double)loaded / 1e6, (double)r.ru_maxrss / 1024, (double)took[n / 2] / 1e3, (double)took[n - n / 100 - 1] / 1e3);
	conf_unref(conf);
	return 0;
}
