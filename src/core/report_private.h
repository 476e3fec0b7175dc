/* report_private.h - inside of the report. For report*.c alone. */
#ifndef RINGBACK_REPORT_PRIVATE_H
#define RINGBACK_REPORT_PRIVATE_H

#include "report.h"

#define REPORT_NEEDS_MAX 50
#define REPORT_WAYS 4

/* From then on the line is open or closed. */
struct report_turn {
	int64_t at;
	int64_t open_before;	/* seconds open from the first turn to this one */
	bool open;
};

struct report_line {
	char *id;
	const struct line *line;	/* NULL: the configuration has it no more */
	GTimeZone *zone;
	GArray *turns;			/* struct report_turn; made when it is first asked */
	guint items, recovered, live, overdue;
};

struct report_seen {
	int64_t id, created, acked, closed, due;
	guint64 caller;			/* hash of the number; 0: none */
	struct report_line *line;
	bool repeated, recovered;
};

struct report_person {
	guint texts, night;
};

struct report {
	struct report_settings s;
	struct arena *a;
	GTimeZone *zone;
	GArray *seen;			/* struct report_seen, by id */
	GPtrArray *waiting;		/* struct item *, in a */
	GHashTable *lines, *people;	/* by id */
	guint reasons[N_REASONS], resolutions[N_RESOLUTIONS], ways[REPORT_WAYS];
	guint notices, texts, after_hours, without_owner, live, overdue, stale;
	struct report_end end;
};

struct report_line *report_line_of(struct report *r, const char *id);
int64_t report_open_seconds(struct report *r, struct report_line *l, int64_t from, int64_t to);
bool report_is_overdue(const struct report *r, const struct item *i);
bool report_is_stale(const struct report *r, const struct item *i);
const char *report_way(guint k);

void report_figures(struct report *r);
void report_tables(struct report *r);

#endif
