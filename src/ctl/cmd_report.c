/* ringback report: how well calls were looked after. See report.h for what each figure means. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <string.h>
#include <sysexits.h>

#include "clock.h"
#include "command.h"
#include "heat.h"
#include "progress.h"
#include "report.h"
#include "report_mail.h"
#include "text.h"
#include "zone.h"

#define SLICE 20000
#define DAY_S 86400
#define PERIOD_MAX_S (732 * INT64_C(86400))

enum format { FORMAT_TEXT, FORMAT_HTML, FORMAT_CSV, FORMAT_JSON, FORMAT_MAIL };

struct options {
	enum format format;
	const char *from, *to, *mail, *language;
	int days;		/* of --daily and --weekly; 0: neither */
	GPtrArray *lines;
	double price;
	const char *currency;
};

/* ---- the walk ---- */

struct walk {
	struct report *report;
	int64_t since;		/* what is older is not looked at */
	int64_t after, last;
	int64_t at;		/* of the record a search looked at */
	struct chain_head head;
};

static bool visit_item(const struct item *i, void *user)
{
	report_item(((struct walk *)user)->report, i);
	return true;
}

static bool visit_record(const struct journal_record *j, const struct chain_link *l, void *user)
{
	(void)l;
	report_record(((struct walk *)user)->report, j);
	return true;
}

static bool look_item(const struct item *i, void *user)
{
	((struct walk *)user)->at = i->created;
	return false;
}

static bool look_record(const struct journal_record *j, const struct chain_link *l, void *user)
{
	(void)l;
	((struct walk *)user)->at = j->at;
	return false;
}

static bool think_look_item(struct store_tx *tx, void *user, GError **err)
{
	struct walk *w = user;

	return tx_items_walk(tx, w->after, 1, look_item, w, &w->last, err);
}

static bool think_look_record(struct store_tx *tx, void *user, GError **err)
{
	struct walk *w = user;

	return tx_journal_walk(tx, w->after, 1, look_record, w, &w->last, err);
}

static bool think_items(struct store_tx *tx, void *user, GError **err)
{
	struct walk *w = user;

	return tx_items_walk(tx, w->after, SLICE, visit_item, w, &w->last, err);
}

static bool think_records(struct store_tx *tx, void *user, GError **err)
{
	struct walk *w = user;

	return tx_journal_walk(tx, w->after, SLICE, visit_record, w, &w->last, err);
}

static bool think_head(struct store_tx *tx, void *user, GError **err)
{
	return tx_journal_head(tx, &((struct walk *)user)->head, err);
}

/* Ids grow with time, so the first that is new enough is found by halves. A clock that was put back by less than a day does
 * not matter. */
static bool skip_older(struct store *s, struct walk *w, store_think look, int64_t most, GError **err)
{
	int64_t low = 0, high = most;

	while (low < high) {
		w->after = low + (high - low) / 2;
		if (store_read(s, look, w, err) != STORE_DONE)
			return false;
		if (w->last && w->at < w->since)
			low = w->last;
		else
			high = w->after;
	}
	w->last = low;
	return true;
}

static bool walk_all(struct store *s, struct walk *w, store_think slice, struct progress *p, int64_t done, GError **err)
{
	do {
		w->after = w->last;
		if (store_read(s, slice, w, err) != STORE_DONE)
			return false;
		progress_to(p, done + (w->last ? w->last : w->after));
	} while (w->last);
	return true;
}

static bool newest_item(struct store_tx *tx, void *user, GError **err)
{
	AUTO_ARENA a = arena_new();
	const struct item_filter f = { .limit = 1 };
	struct item **items;
	gsize n;

	if (!tx_items(tx, &f, a, &items, &n, err))
		return false;
	*(int64_t *)user = n ? items[0]->id : 0;
	return true;
}

static bool think_live(struct store_tx *tx, void *user, GError **err)
{
	AUTO_ARENA a = arena_new();
	struct item_filter f = { .live_only = true, .limit = SLICE };
	struct walk *w = user;
	struct item **items;
	gsize n;

	do {
		arena_reset(a);
		if (!tx_items(tx, &f, a, &items, &n, err))
			return false;
		for (gsize k = 0; k < n; k++)
			report_live(w->report, items[k]);
		f.before_id = n ? items[n - 1]->id : 0;
	} while (n);
	return true;
}

static bool walk_store(struct store *s, struct walk *w, GError **err)
{
	struct progress *p;
	int64_t items;
	bool ok;

	if (store_read(s, newest_item, &items, err) != STORE_DONE || store_read(s, think_head, w, err) != STORE_DONE ||
	    store_read(s, think_live, w, err) != STORE_DONE)
		return false;
	p = progress_new("report", items + w->head.id);
	ok = skip_older(s, w, think_look_item, items, err) && walk_all(s, w, think_items, p, 0, err) &&
	     skip_older(s, w, think_look_record, w->head.id, err) && walk_all(s, w, think_records, p, items, err);
	progress_free(p);
	return ok;
}

/* ---- the period ---- */

static int64_t midnight(const char *zone, int64_t at)
{
	g_autoptr(GTimeZone) tz = zone_get(zone);
	const int64_t wall = tz ? zone_wall(tz, at) : at;

	return tz ? zone_instant(tz, wall - wall % DAY_S) : at - at % DAY_S;
}

static bool time_given(const char *text, const char *zone, int64_t *at_r)
{
	if (!text || command_time(text, zone, at_r))
		return true;
	command_fail(EX_USAGE, "'%s' is no time; write 2026-03-02 or 2026-03-02 21:52", text);
	return false;
}

/* Whole days up to now, or up to this midnight with --daily and --weekly. */
static bool period(const struct options *o, const struct conf *conf, struct report_settings *s)
{
	const int64_t today = midnight(conf->timezone, s->now);
	const int days = o->days ? o->days : 7;

	s->to = o->days ? today : s->now;
	if (!time_given(o->to, conf->timezone, &s->to))
		return false;
	s->from = midnight(conf->timezone, s->to - days * DAY_S + DAY_S / 4);	/* a day may have 23 hours */
	if (!time_given(o->from, conf->timezone, &s->from))
		return false;
	if (s->from < s->to && s->to - s->from <= PERIOD_MAX_S)
		return true;
	command_fail(EX_USAGE, "the report must begin before it ends, and span two years at most");
	return false;
}

static const char *period_words(struct arena *a, const struct report_settings *s)
{
	char from[40], to[40];

	text_time_zone(s->from, s->zone, from);
	text_time_zone(s->to, s->zone, to);
	return arena_printf(a, "%.10s %.5s - %.10s %.5s (%s)", from, from + 11, to, to + 11, s->zone);
}

/* ---- what comes out ---- */

static GBytes *picture_of(const struct report_end *e, enum report_language language)
{
	static const char *const days[] = { "mo", "tu", "we", "th", "fr", "sa", "su" };
	const char *words[7];

	for (guint k = 0; k < 7; k++)
		words[k] = report_word(language, days[k]);
	return heat_png(e->hours, words);
}

static char *html_with_picture(const struct report_end *e, struct report_head *h, const char *currency)
{
	g_autoptr(GBytes) png = picture_of(e, h->language);
	gsize n;
	const guchar *octets = g_bytes_get_data(png, &n);
	g_autofree char *encoded = g_base64_encode(octets, n);
	g_autofree char *url = g_strconcat("data:image/png;base64,", encoded, NULL);

	h->picture = url;
	return report_html(e, h, currency);
}

static char *mail_of(const struct options *o, const struct conf *conf, const struct report_end *e, struct report_head *h,
		     int64_t now)
{
	g_autofree char *text = report_text(e, h, o->currency), *html = NULL, *subject = NULL;
	g_autoptr(GBytes) png = h->brief ? NULL : picture_of(e, h->language);
	struct report_mail m = {
		.from = conf->mail_from, .to = o->mail ? o->mail : conf->audit, .domain = conf->roster->rules.domain, .now = now,
		.text = text, .png = png, .picture_words = report_word(h->language, "picture")
	};

	h->picture = png ? "cid:" REPORT_PICTURE : NULL;
	m.html = html = report_html(e, h, o->currency);
	m.subject = subject = g_strdup_printf("%s, %s", h->title, h->period);
	return report_mail(&m);
}

static char *made(const struct options *o, const struct conf *conf, const struct report_end *e, struct report_head *h,
		  int64_t now)
{
	switch (o->format) {
	case FORMAT_TEXT:
		return report_text(e, h, o->currency);
	case FORMAT_HTML:
		return html_with_picture(e, h, o->currency);
	case FORMAT_CSV:
		return report_csv(e);
	case FORMAT_JSON:
		return report_json(e, h);
	case FORMAT_MAIL:
		return mail_of(o, conf, e, h, now);
	}
	g_assert_not_reached();
}

static enum report_language language_of(const struct options *o, const struct conf *conf)
{
	const char *word = o->language ? o->language : conf->language;

	return word && g_ascii_strncasecmp(word, "de", 2) == 0 ? REPORT_DE : REPORT_EN;
}

static int report(const struct options *o, struct command_work *w)
{
	struct report_settings s = {
		.roster = w->conf->roster, .zone = w->conf->timezone, .now = clock_now(),
		.text_price = o->price, .currency = o->currency,
		.lines = o->lines->len > 1 ? (const char *const *)o->lines->pdata : NULL
	};
	struct report_head h = { .language = language_of(o, w->conf), .brief = o->days == 1 };
	struct walk walk = { 0 };
	g_autoptr(GError) err = NULL;
	char head[CHAIN_HEAD_TEXT];
	g_autofree char *text = NULL;

	if (!period(o, w->conf, &s))
		return EX_USAGE;
	walk.since = s.from - DAY_S;
	walk.report = report_new(&s);
	if (!walk_store(w->store, &walk, &err)) {
		report_free(walk.report);
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	}
	chain_head_text(&walk.head, head);
	h.journal = head;
	h.period = period_words(w->a, &s);
	h.title = report_word(h.language, o->days == 1 ? "daily" : o->days ? "weekly" : "report");
	text = made(o, w->conf, report_end(walk.report), &h, s.now);
	fputs(text, stdout);
	report_free(walk.report);
	return EX_OK;
}

/* ---- the command ---- */

static bool format_read(struct options *o, const char *word)
{
	static const char *const words[] = { "text", "html", "csv", "json", "mail" };

	for (guint k = 0; k < G_N_ELEMENTS(words); k++)
		if (strcmp(word, words[k]) == 0) {
			o->format = (enum format)k;
			return true;
		}
	command_fail(EX_USAGE, "there is no format '%s'; one of text, html, csv, json, mail", word);
	return false;
}

static bool price_read(struct options *o, const char *word)
{
	char *end;

	o->price = g_ascii_strtod(word, &end);
	o->currency = g_strchug(end);
	if (end != word && o->price > 0 && o->price < 1000 && strlen(o->currency) <= 8)
		return true;
	command_fail(EX_USAGE, "'%s' is no price; write 0.075EUR", word);
	return false;
}

static bool option_taken(struct options *o, int c)
{
	switch (c) {
	case 'f':
		o->from = optarg;
		return true;
	case 't':
		o->to = optarg;
		return true;
	case 'd':
		o->days = 1;
		return true;
	case 'w':
		o->days = 7;
		return true;
	case 'l':
		g_ptr_array_insert(o->lines, (gint)o->lines->len - 1, optarg);
		return true;
	case 'F':
		return format_read(o, optarg);
	case 'm':
		o->format = FORMAT_MAIL;
		o->mail = optarg;
		return true;
	case 'L':
		o->language = optarg;
		return true;
	case 'p':
		return price_read(o, optarg);
	default:
		return false;
	}
}

static bool options_read(struct options *o, int argc, char **argv)
{
	static const struct option table[] = {
		{ "from", required_argument, NULL, 'f' }, { "to", required_argument, NULL, 't' },
		{ "daily", no_argument, NULL, 'd' }, { "weekly", no_argument, NULL, 'w' },
		{ "line", required_argument, NULL, 'l' }, { "format", required_argument, NULL, 'F' },
		{ "mail", required_argument, NULL, 'm' }, { "language", required_argument, NULL, 'L' },
		{ "price", required_argument, NULL, 'p' }, { 0 }
	};
	int c;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", table, NULL)) != -1)
		if (!option_taken(o, c))
			return false;
	return optind == argc;
}

static int run(struct command_env *env, int argc, char **argv)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new();
	struct options o = { .lines = lines };
	struct command_work w = { 0 };
	int code;

	g_ptr_array_add(lines, NULL);
	if (!options_read(&o, argc, argv))
		return command_usage(&cmd_report);
	if (printer_json(env->out))
		o.format = FORMAT_JSON;
	code = command_open(env, &w);
	for (guint k = 0; !code && k + 1 < lines->len; k++)
		if (!roster_line_by_id(w.conf->roster, lines->pdata[k]))
			code = command_no_line(&w, lines->pdata[k]);
	if (!code)
		code = report(&o, &w);
	command_end(&w);
	return code;
}

const struct command_def cmd_report = {
	.name = "report",
	.arguments = "[--from TIME] [--to TIME] [--daily | --weekly] [--line LINE]... [--format FORMAT] [--mail ADDR] "
		     "[--language LANGUAGE] [--price PRICE]",
	.help = "how well calls were looked after",
	.run = run,
	.details = "  --from TIME      2026-03-02; else a week before the end\n"
		   "  --to TIME        else now\n"
		   "  --daily          yesterday, in short; --weekly: the seven days before today\n"
		   "  --line LINE      this line only; several times: these\n"
		   "  --format FORMAT  text, html, csv, json, mail\n"
		   "  --mail ADDR      a whole mail to that address, for sendmail -t\n"
		   "  --language LANG  en, de; else that of the configuration\n"
		   "  --price PRICE    of a text: 0.075EUR\n",
};
