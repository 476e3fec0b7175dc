/* report.h - how well calls were looked after in a time, from items and the journal. Pure.
 *
 * Give it all items created at or after `from` (report_item(), in the order of their ids), all that are live, however old
 * (report_live()), and all journal records since `from` (report_record()), then ask for the end. What an item is counts as it is now; when things happened is the journal's.
 *
 *	items		created from `from` on and before `to`, suppressed ones left out
 *	recovered	of these, closed as called_back or caller_reached
 *	ack		from created to the first of acknowledged, tried or closed; callback: from created to closed, of recovered
 *	..._open	the same in opening hours of the line
 *	within_promise	recovered and closed no later than due
 *	live		all that are not closed now, whenever created; overdue: live and due before now; stale: live and
 *			open for longer than the line's stale_after
 *	repeat_callers	numbers that called more than once: of several items, or of one with calls > 1
 *	after_hours	share of items created while their line was closed
 *	notices		journal records created, copied, joined, seen_again and suppressed that came by mail
 *	texts		journal records sent, by text; night: from 22:00 to 07:00 in the report's zone
 *
 * Medians and 90th percentiles are those of the nearest rank: of n values in order, number ceil(p * n). */
#ifndef RINGBACK_REPORT_H
#define RINGBACK_REPORT_H

#include "item.h"
#include "roster.h"

struct report_settings {
	const struct roster *roster;
	const char *zone;		/* of days, nights and times shown */
	const char *const *lines;	/* ids, NULL-terminated; NULL: all */
	int64_t from, to, now;		/* from < to */
	double text_price;		/* of one; 0: not known */
	const char *currency;
};

enum report_unit { UNIT_COUNT, UNIT_SHARE, UNIT_SECONDS, UNIT_MONEY };

struct report_figure {
	const char *key;		/* "callback_median" */
	enum report_unit unit;
	double value;			/* NAN: there is none, as of nothing no median is */
};

struct report_table {
	const char *key;		/* "lines" */
	const char *const *columns;	/* keys, NULL-terminated; the first is what the rows are about */
	GPtrArray *rows;		/* char **, a text for each column */
};

struct report_end {
	GArray *figures;		/* struct report_figure */
	GPtrArray *tables;		/* struct report_table *: needs_you, lines, reasons, resolutions, closed_by, people, hours */
	guint hours[7][24];		/* items by weekday (0: Monday) and hour of the line's clock */
};

struct report;

struct report *report_new(const struct report_settings *s);
void report_free(struct report *r);	/* and what report_end() gave */

void report_item(struct report *r, const struct item *i);
void report_live(struct report *r, const struct item *i);
void report_record(struct report *r, const struct journal_record *j);
const struct report_end *report_end(struct report *r);

double report_value(const struct report_end *e, const char *key);
const struct report_table *report_table(const struct report_end *e, const char *key);

/* ---- as text, and what carries it ---- */

enum report_language { REPORT_EN, REPORT_DE, N_REPORT_LANGUAGES };

struct report_head {
	enum report_language language;
	const char *title;		/* NULL: the language's word for report */
	const char *period;		/* "2026-03-02 to 2026-03-08" */
	const char *journal;		/* head of the chain, or NULL */
	bool brief;			/* only what needs somebody, and the figures */
	const char *picture;		/* HTML: URL of the picture of the hours; NULL: none */
};

/* A key in that language; the key itself if it has no word. "overdue" -> "Overdue" */
const char *report_word(enum report_language language, const char *key);
/* A cell of that column: words of ours in that language, what others named as it is. */
const char *report_cell(enum report_language language, const char *column, const char *cell);
/* Is it to stand at the right? */
bool report_is_number(const char *cell);
/* "1h 05m", "42 %", "17", "12.50 EUR"; "-" for none. buf is the result. */
const char *report_shown(const struct report_figure *f, const char *currency, char buf[48]);

char *report_text(const struct report_end *e, const struct report_head *h, const char *currency);
char *report_html(const struct report_end *e, const struct report_head *h, const char *currency);
/* Lines "table,row,column,value" (RFC 4180), figures as table "figures"; and one JSON object. */
char *report_csv(const struct report_end *e);
char *report_json(const struct report_end *e, const struct report_head *h);

#endif
