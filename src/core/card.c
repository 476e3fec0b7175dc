#include "card.h"

#include <string.h>

#include "err.h"
#include "phrase.h"
#include "template.h"
#include "text.h"
#include "ticket.h"
#include "view.h"
#include "zone.h"

#define SAID_MAX_CHARS 600
#define WRAP_COLUMN 72

/* What templates may name: values, and behind them those words that layouts use. */
#define VALUES(X) \
	X(item) X(language) X(kind) X(colour) X(what) X(title) X(name) X(number) X(tel) X(line) X(called) X(when) X(why) \
	X(calls) X(first) X(length) X(owner) X(taken) X(schedule) X(person) X(due) X(state) X(resolution) X(said) X(cut) \
	X(reply) X(link_mine) X(link_called) X(link_tried) X(link_pass) X(link_none) \
	X(weekday) X(day) X(month) X(year) X(clock) X(zone)
#define SHOWN(X) \
	X(heading) X(call) X(tries) X(label_number) X(label_when) X(label_line) X(label_why) X(label_tries) X(label_owner) \
	X(label_due) X(label_person) X(label_item) X(label_said) X(label_todo) X(said_more) X(todo) X(todo_mine) \
	X(todo_called) X(todo_tried) X(todo_pass) X(todo_none) X(footer)
#define WORDS(X) \
	SHOWN(X) X(weekdays) X(months) X(time) \
	X(class_none) X(class_missed) X(class_voicemail) X(class_abandoned) X(class_system) \
	X(reason_unknown) X(reason_no_answer) X(reason_busy) X(reason_not_reachable) X(reason_rejected) \
	X(reason_abandoned) X(reason_answered_elsewhere) X(left_queue) X(left_voicemail) \
	X(state_collecting) X(state_open) X(state_acked) X(state_attempted) X(state_snoozed) X(state_closed) \
	X(state_suppressed) \
	X(resolution_none) X(resolution_called_back) X(resolution_caller_reached) X(resolution_answered_elsewhere) \
	X(resolution_no_callback_needed) X(resolution_spam) X(resolution_wrong_number) X(resolution_merged) \
	X(resolution_expired) X(withheld) X(unknown) X(nobody) X(why_line) X(why_schedule) X(why_taken) X(why_given)

#define VALUE(name) VALUE_##name,
#define WORD(name) WORD_##name,
#define NAME(name) #name,
enum value { VALUES(VALUE) N_VALUES };
enum word { WORDS(WORD) N_WORDS };
enum { N_SHOWN = WORD_footer + 1 };
static const char *const word_keys[] = { WORDS(NAME) NULL };
static const char *const value_names[] = { VALUES(NAME) NULL };
static const char *const layout_names[] = { VALUES(NAME) SHOWN(NAME) NULL };
_Static_assert(WORD_class_system - WORD_class_none + 1 == N_CLASSES, "a word for each class");
_Static_assert(WORD_reason_answered_elsewhere - WORD_reason_unknown + 1 == N_REASONS, "a word for each reason");
_Static_assert(WORD_state_suppressed - WORD_state_collecting + 1 == N_STATES, "a word for each state");
_Static_assert(WORD_resolution_expired - WORD_resolution_none + 1 == N_RESOLUTIONS, "a word for each resolution");

struct cards {
	struct template *text, *html;
	GHashTable *words;		/* language -> struct template_set */
};

/* ---- the templates ---- */

struct cards *cards_new(void)
{
	struct cards *c = g_new0(struct cards, 1);

	c->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)template_set_free);
	for (const char *const *p = template_builtin; *p; p += 2) {
		bool good = g_str_has_suffix(p[0], TEXTS_SUFFIX) || cards_set(c, p[0], p[1], p[0], NULL);

		g_assert(good);
	}
	return c;
}

void cards_free(struct cards *c)
{
	if (!c)
		return;
	template_free(c->text);
	template_free(c->html);
	g_hash_table_unref(c->words);
	g_free(c);
}

static bool set_layout(struct template **place, const char *contents, const char *file, GError **err)
{
	struct template *t = template_new(contents, layout_names, file, 1, err);

	if (!t)
		return false;
	template_free(*place);
	*place = t;
	return true;
}

static bool set_words(struct cards *c, const char *language, const char *contents, const char *file, GError **err)
{
	struct template_set *s = template_set_new(contents, word_keys, value_names, file, err);

	if (s)
		g_hash_table_replace(c->words, g_strdup(language), s);
	return s != NULL;
}

bool cards_set(struct cards *c, const char *name, const char *contents, const char *file, GError **err)
{
	gsize n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
	g_autofree char *language = g_strndup(name, n);

	if (strcmp(name, "card.txt") == 0)
		return set_layout(&c->text, contents, file, err);
	if (strcmp(name, "card.html") == 0)
		return set_layout(&c->html, contents, file, err);
	if (n == 0 || strcmp(name + n, ".words") != 0)
		return err_set(err, ERR_CONF, "%s:1: is no template; its name is card.txt, card.html or a language and .words",
			       file);
	return set_words(c, language, contents, file, err);
}

bool cards_has(const struct cards *c, const char *language)
{
	return g_hash_table_contains(c->words, language);
}

/* ---- one card ---- */

struct making {
	struct arena *a;
	const struct template_set *words;
	const struct item *i;
	const struct line *line;	/* NULL: not configured any more */
	struct view v;
	const char *values[N_VALUES + N_SHOWN];
};

static const char *word(const struct making *m, enum word w)
{
	g_autoptr(GString) out = g_string_new(NULL);

	template_render(template_set_get(m->words, w), m->values, NULL, out);
	return arena_strndup(m->a, out->str, out->len);
}

/* The n-th of those that blanks part. */
static const char *nth_word(const struct making *m, enum word list, int n)
{
	g_auto(GStrv) all = g_strsplit_set(word(m, list), " \n", -1);

	return n < (int)g_strv_length(all) ? arena_strdup(m->a, all[n]) : "?";
}

static const char *number(const struct making *m, int64_t n)
{
	return arena_printf(m->a, "%" G_GINT64_FORMAT, (gint64)n);
}

static const char *time_words(struct making *m, int64_t at)
{
	g_autoptr(GDateTime) t = phrase_local(at, m->v.zone);
	const char *zone;

	if (!t)
		return "-";
	zone = g_date_time_get_timezone_abbreviation(t);
	m->values[VALUE_weekday] = nth_word(m, WORD_weekdays, g_date_time_get_day_of_week(t) - 1);
	m->values[VALUE_day] = number(m, g_date_time_get_day_of_month(t));
	m->values[VALUE_month] = nth_word(m, WORD_months, g_date_time_get_month(t) - 1);
	m->values[VALUE_year] = number(m, g_date_time_get_year(t));
	m->values[VALUE_clock] = phrase_clock(m->a, at, m->v.zone);
	m->values[VALUE_zone] = arena_printf(m->a, "%s%s", strchr("+-", zone[0]) ? "UTC" : "", zone);
	return word(m, WORD_time);
}

/* The caller in one word, with a large letter: name, else number, else why there is none. */
static const char *title_words(const struct making *m)
{
	char *s = arena_strdup(m->a, *m->v.name ? m->v.name : m->values[VALUE_number]);

	if (!*m->v.name)
		*s = g_ascii_toupper(*s);
	return s;
}

static const char *number_words(struct making *m)
{
	if (*m->v.number)
		return view_number(m->a, &m->v);
	if (*m->v.raw)
		return m->v.raw;
	return word(m, m->v.withheld ? WORD_withheld : WORD_unknown);
}

static void put_caller(struct making *m)
{
	m->values[VALUE_name] = m->v.name;
	m->values[VALUE_number] = number_words(m);
	m->values[VALUE_tel] = m->v.number;
	m->values[VALUE_title] = title_words(m);
}

static const char *why_words(const struct making *m)
{
	if (m->v.class == CLASS_VOICEMAIL)
		return word(m, WORD_left_voicemail);
	if (m->v.class == CLASS_ABANDONED)
		return word(m, WORD_left_queue);
	return m->v.class == CLASS_MISSED ? word(m, WORD_reason_unknown + m->v.reason) : "";
}

static void put_call(struct making *m)
{
	const struct view *v = &m->v;

	m->values[VALUE_what] = word(m, WORD_class_none + v->class);
	m->values[VALUE_kind] = class_name(v->class);
	m->values[VALUE_colour] = v->class == CLASS_VOICEMAIL ? "#1f5f99" : "#b3452c";
	m->values[VALUE_line] = v->line_name;
	m->values[VALUE_called] = strcmp(v->called, v->line_name) == 0 ? "" : v->called;
	m->values[VALUE_length] = v->duration_s < 0 ? "" : phrase_length(m->a, v->duration_s);
	m->values[VALUE_when] = time_words(m, v->time);
	m->values[VALUE_why] = why_words(m);
	if (m->i->calls > 1) {
		m->values[VALUE_calls] = number(m, m->i->calls);
		m->values[VALUE_first] = time_words(m, m->i->call_time);
	}
}

/* The first lines are enough here: the PBX's own message has all of it. */
static void put_said(struct making *m)
{
	m->values[VALUE_said] = text_line(m->a, m->v.transcript, SAID_MAX_CHARS);
	m->values[VALUE_cut] = strlen(m->values[VALUE_said]) < strlen(m->v.transcript) ? "1" : "";
}

/* Why this person. */
static const char *person_words(struct making *m)
{
	const struct line *l = m->line;

	if (!m->i->owner)
		return "";
	if (m->i->acked && g_strcmp0(m->i->acked_by, m->i->owner) == 0) {
		m->values[VALUE_taken] = phrase_clock(m->a, m->i->acked, m->v.zone);
		return word(m, WORD_why_taken);
	}
	if (l && l->schedule) {
		m->values[VALUE_schedule] = l->schedule->name;
		return word(m, WORD_why_schedule);
	}
	return word(m, l && g_strcmp0(l->owner->id, m->i->owner) == 0 ? WORD_why_line : WORD_why_given);
}

static void put_item(struct making *m)
{
	const struct item *i = m->i;

	m->values[VALUE_item] = m->v.id;
	m->values[VALUE_owner] = *m->v.owner_name ? m->v.owner_name : word(m, WORD_nobody);
	m->values[VALUE_person] = person_words(m);
	m->values[VALUE_due] = i->due && item_is_live(i) ? time_words(m, i->due) : "";
	/* collecting lasts for seconds: nobody who reads a mail needs to know */
	m->values[VALUE_state] = i->state == STATE_COLLECTING ? "" : word(m, WORD_state_collecting + i->state);
	m->values[VALUE_resolution] = i->resolution ? word(m, WORD_resolution_none + i->resolution) : "";
}

/* RFC 6068. The address has no sign but + that would need a code there; Gmail takes a bare one for a blank. */
static const char *link_to(const struct making *m, const char *address, const char *verb)
{
	gsize plus = strcspn(address, "+");

	return arena_printf(m->a, "mailto:%.*s%%2B%s?subject=%s&body=%s", (int)plus, address, address + plus + 1, m->v.id, verb);
}

static void put_links(struct making *m, const struct roster *r)
{
	const char *address = item_is_live(m->i) ? ticket_address(m->a, &r->rules, m->i) : "";

	m->values[VALUE_reply] = address;
	if (!*address)
		return;
	m->values[VALUE_link_mine] = link_to(m, address, "mine");
	m->values[VALUE_link_called] = link_to(m, address, "called");
	m->values[VALUE_link_tried] = link_to(m, address, "tried");
	m->values[VALUE_link_pass] = link_to(m, address, "pass");
	m->values[VALUE_link_none] = link_to(m, address, "no%20callback");
}

/* Lines that people can read where a client does not fold them. */
static const char *wrapped(const struct making *m, const char *s)
{
	g_autoptr(GString) out = g_string_sized_new(strlen(s) + 64);
	gsize column = 0;

	while (*s) {
		const gsize n = strcspn(s, " \n"), chars = (gsize)g_utf8_strlen(s, (gssize)n);

		if (column) {
			const bool full = column + 1 + chars > WRAP_COLUMN;

			g_string_append_c(out, full ? '\n' : ' ');
			column = full ? 0 : column + 1;
		}
		g_string_append_len(out, s, (gssize)n);
		column += chars;
		s += n + (s[n] != '\0');
	}
	return arena_strndup(m->a, out->str, out->len);
}

static void escape(GString *out, const char *value)
{
	static const char *const entities[] = { ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;" };

	for (;;) {
		const gsize n = strcspn(value, "&<>\"'");

		g_string_append_len(out, value, (gssize)n);
		value += n;
		if (!*value)
			return;
		g_string_append(out, entities[(guchar)*value++]);
	}
}

static const char *laid_out(struct making *m, const struct template *t, template_escape how)
{
	g_autoptr(GString) out = g_string_sized_new(8192);

	template_render(t, m->values, how, out);
	return arena_strndup(m->a, out->str, out->len);
}

static struct making making_begin(struct arena *a, const struct roster *r, const struct decision *d, const struct call *c)
{
	const struct cards *cards = r->cards;
	const char *language = d->line && d->line->language ? d->line->language : CARD_LANGUAGE;
	struct making m = { .a = a, .i = d->item, .line = d->line, .v = view_make(a, r, d, c) };

	if (!cards_has(cards, language))
		language = CARD_LANGUAGE;
	m.words = g_hash_table_lookup(cards->words, language);
	m.values[VALUE_language] = arena_strdup(a, language);
	return m;
}

struct card card_render(struct arena *a, const struct roster *r, const struct decision *d, const struct call *c)
{
	struct making m = making_begin(a, r, d, c);
	struct card card;

	put_caller(&m);
	put_call(&m);
	put_said(&m);
	put_item(&m);
	put_links(&m, r);
	for (int i = 0; i < N_SHOWN; i++)
		m.values[N_VALUES + i] = i != WORD_tries || m.values[VALUE_calls] ? word(&m, (enum word)i) : "";
	card.html = laid_out(&m, r->cards->html, escape);
	m.values[VALUE_said] = wrapped(&m, m.values[VALUE_said]);
	m.values[N_VALUES + WORD_todo] = wrapped(&m, m.values[N_VALUES + WORD_todo]);
	card.text = laid_out(&m, r->cards->text, NULL);
	return card;
}
