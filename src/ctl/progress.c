#include "progress.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"

#define AFTER_MS 500		/* what is done sooner needs none */
#define EVERY_MS 200

struct progress {
	const char *what;
	int64_t all;
	int64_t next_ms;
	bool shown;
};

struct progress *progress_new(const char *what, int64_t all)
{
	struct progress *p = g_new0(struct progress, 1);

	p->what = what;
	p->all = all;
	p->next_ms = isatty(STDERR_FILENO) ? clock_mono_ms() + AFTER_MS : INT64_MAX;
	return p;
}

void progress_to(struct progress *p, int64_t n)
{
	if (clock_mono_ms() < p->next_ms)
		return;
	p->next_ms = clock_mono_ms() + EVERY_MS;
	p->shown = true;
	fprintf(stderr, "\rringback: %s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, p->what, n, p->all);
}

void progress_free(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	g_free(p);
}
