#include "rule.h"

#include <string.h>

#define STEPS_MAX 20000		/* of all patterns on one transcript: some hundred microseconds at most */
#define CURSORS_MAX 18		/* of the index: the line, each length of a number, the rest */

/* Numbers of rules in their order. */
struct cursor {
	const guint *at, *end;
};

struct rule_book {
	GPtrArray *rules;		/* struct rule * */
	struct rule *last;
	GHashTable *by_id;
	GHashTable *by_line;		/* const struct line * -> GArray of guint */
	GHashTable *by_caller;		/* number or prefix -> GArray of guint */
	guint lengths;			/* bit n: by_caller has one of n characters */
	GArray *rest;			/* guint */
};

/* A case, and what is made of it when the first rule asks. */
struct look {
	const struct rule_case *c;
	const struct contact *contact;
	char *transcript;		/* as rule_words() makes it; NULL: nobody asked, or there is none */
	bool asked, known;		/* for the transcript; for the contact */
	struct pattern_scratch *scratch;
};

/* ---- rules ---- */

struct rule *rule_new(const char *id)
{
	struct rule *r = g_new0(struct rule, 1);

	r->id = g_strdup(id);
	r->channels = CHANNEL_ALL;
	return r;
}

void rule_free(struct rule *r)
{
	if (!r)
		return;
	g_free(r->id);
	g_free(r->comment);
	g_free(r->lines);
	hours_free(r->hours);
	g_strfreev(r->numbers);
	g_strfreev(r->prefixes);
	g_strfreev(r->groups);
	g_strfreev(r->words);
	g_strfreev(r->regexes);
	if (r->patterns)
		g_ptr_array_unref(r->patterns);
	g_free(r->helpdesk_queue);
	for (guint i = 0; i < r->n_headers; i++) {
		g_free(r->headers[i].name);
		template_free(r->headers[i].value);
	}
	g_free(r->headers);
	g_free(r);
}

char *rule_words(const char *text)
{
	g_autoptr(GString) out = g_string_new(" ");

	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = (guchar)*p < 0x80 ? (guchar)*p : g_utf8_get_char(p);

		if (c < 0x80 && g_ascii_isalnum((char)c))
			g_string_append_c(out, g_ascii_tolower((char)c));
		else if (c >= 0x80 && (g_unichar_isalnum(c) || g_unichar_ismark(c)))
			g_string_append_unichar(out, g_unichar_tolower(c));
		else if (out->str[out->len - 1] != ' ')
			g_string_append_c(out, ' ');
	}
	if (out->len == 1)
		return NULL;
	if (out->str[out->len - 1] != ' ')
		g_string_append_c(out, ' ');
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* ---- does one hold? ---- */

static bool line_holds(const struct rule *r, const struct line *line)
{
	for (guint i = 0; i < r->n_lines; i++)
		if (r->lines[i] == line)
			return true;
	return r->n_lines == 0;
}

static bool time_holds(const struct rule *r, const struct rule_case *c)
{
	switch (r->time) {
	case RULE_ANY_TIME:
		return true;
	case RULE_OPEN:
		return hours_covers(c->line->hours, c->now);
	case RULE_CLOSED:
		return !hours_covers(c->line->hours, c->now);
	case RULE_HOURS:
		return hours_covers(r->hours, c->now);
	}
	g_assert_not_reached();
}

static bool names_callers(const struct rule *r)
{
	return r->withheld || r->numbers || r->prefixes || r->groups;
}

static bool begins_with_any(const char *number, char *const *prefixes)
{
	for (; prefixes && *prefixes; prefixes++)
		if (g_str_has_prefix(number, *prefixes))
			return true;
	return false;
}

static bool group_holds(const struct rule *r, struct look *l)
{
	if (!l->known)
		l->contact = directory_find(l->c->roster->directory, l->c->call->caller);
	l->known = true;
	for (char **group = r->groups; l->contact && *group; group++)
		if (contact_in_group(l->contact, *group))
			return true;
	return false;
}

static bool caller_holds(const struct rule *r, struct look *l)
{
	const char *number = l->c->call->caller;

	if (!names_callers(r))
		return true;
	if (!number)
		return r->withheld && l->c->call->withheld;
	return (r->numbers && g_strv_contains((const char *const *)r->numbers, number)) ||
	       begins_with_any(number, r->prefixes) || (r->groups && group_holds(r, l));
}

/* The beginning of the transcript, which ends between two characters. */
static char *transcript_words(const char *transcript)
{
	gsize n = strnlen(transcript, RULE_TRANSCRIPT_MAX);
	g_autofree char *begin = NULL;

	while (n && ((guchar)transcript[n] & 0xc0) == 0x80)
		n--;
	begin = g_strndup(transcript, n);
	return rule_words(begin);
}

static bool words_hold(const struct rule *r, struct look *l)
{
	const char *transcript = l->c->call->transcript;

	if (!r->words && !r->patterns)
		return true;
	if (!transcript)
		return false;
	if (!l->asked)
		l->transcript = transcript_words(transcript);
	l->asked = true;
	for (char **word = r->words; l->transcript && word && *word; word++)
		if (strstr(l->transcript, *word))
			return true;
	for (guint i = 0; r->patterns && i < r->patterns->len; i++) {
		if (!l->scratch)
			l->scratch = pattern_scratch_new(STEPS_MAX);
		if (pattern_holds(r->patterns->pdata[i], l->scratch, transcript, RULE_TRANSCRIPT_MAX))
			return true;
	}
	return false;
}

/* The cheap questions first. */
static bool holds(const struct rule *r, struct look *l)
{
	const struct call *call = l->c->call;

	return line_holds(r, l->c->line) && (!r->classes || (r->classes & 1u << call->class)) &&
	       (!r->reasons || (r->reasons & 1u << call->reason)) && caller_holds(r, l) && time_holds(r, l->c) &&
	       words_hold(r, l);
}

static void look_end(struct look *l)
{
	g_free(l->transcript);
	pattern_scratch_free(l->scratch);
}

bool rule_holds(const struct rule *r, const struct rule_case *c)
{
	struct look l = { .c = c };
	bool is = holds(r, &l);

	look_end(&l);
	return is;
}

/* ---- the book ---- */

static GHashTable *index_new(GHashFunc hash, GEqualFunc equal, GDestroyNotify free_key)
{
	return g_hash_table_new_full(hash, equal, free_key, (GDestroyNotify)g_array_unref);
}

struct rule_book *rule_book_new(void)
{
	struct rule_book *b = g_new0(struct rule_book, 1);

	b->rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
	b->last = rule_new(RULE_DEFAULT);
	b->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(b->by_id, b->last->id, b->last);
	b->by_line = index_new(g_direct_hash, g_direct_equal, NULL);
	b->by_caller = index_new(g_str_hash, g_str_equal, g_free);
	b->rest = g_array_new(FALSE, FALSE, sizeof(guint));
	return b;
}

void rule_book_free(struct rule_book *b)
{
	if (!b)
		return;
	g_hash_table_unref(b->by_id);
	g_hash_table_unref(b->by_line);
	g_hash_table_unref(b->by_caller);
	g_array_unref(b->rest);
	rule_free(b->last);
	g_ptr_array_unref(b->rules);
	g_free(b);
}

static void put(GArray *numbers, guint number)
{
	if (numbers->len == 0 || g_array_index(numbers, guint, numbers->len - 1) != number)
		g_array_append_val(numbers, number);
}

static GArray *numbers_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(guint));
}

static void put_line(struct rule_book *b, const struct line *line, guint number)
{
	GArray *numbers = g_hash_table_lookup(b->by_line, line);

	if (!numbers)
		g_hash_table_insert(b->by_line, (gpointer)line, numbers = numbers_new());
	put(numbers, number);
}

static void put_callers(struct rule_book *b, char *const *callers, guint number)
{
	for (; callers && *callers; callers++) {
		GArray *numbers = g_hash_table_lookup(b->by_caller, *callers);

		if (!numbers)
			g_hash_table_insert(b->by_caller, g_strdup(*callers), numbers = numbers_new());
		put(numbers, number);
		b->lengths |= 1u << MIN(strlen(*callers), 31);
	}
}

void rule_book_add(struct rule_book *b, struct rule *r)
{
	const guint number = b->rules->len;

	g_ptr_array_add(b->rules, r);
	if (!g_hash_table_contains(b->by_id, r->id))
		g_hash_table_insert(b->by_id, r->id, r);
	for (guint i = 0; i < r->n_lines; i++)
		put_line(b, r->lines[i], number);
	if (r->n_lines)
		return;
	if (!names_callers(r) || r->withheld || r->groups) {
		put(b->rest, number);
		return;
	}
	put_callers(b, r->numbers, number);
	put_callers(b, r->prefixes, number);
}

guint rule_book_size(const struct rule_book *b)
{
	return b->rules->len;
}

const struct rule *rule_book_at(const struct rule_book *b, guint i)
{
	g_assert(i < b->rules->len);
	return b->rules->pdata[i];
}

const struct rule *rule_book_find(const struct rule_book *b, const char *id)
{
	return id ? g_hash_table_lookup(b->by_id, id) : NULL;
}

/* ---- the first that holds ---- */

static guint add_cursor(struct cursor *cursors, guint n, const GArray *numbers)
{
	if (!numbers || numbers->len == 0)
		return n;
	cursors[n].at = (const guint *)(const void *)numbers->data;
	cursors[n].end = cursors[n].at + numbers->len;
	return n + 1;
}

static guint find_cursors(const struct rule_book *b, const struct rule_case *c, struct cursor *cursors)
{
	guint n = add_cursor(cursors, 0, b->rest);
	gsize size = c->call->caller ? strlen(c->call->caller) : 0;

	n = add_cursor(cursors, n, g_hash_table_lookup(b->by_line, c->line));
	for (gsize length = 1; length <= MIN(size, 16); length++) {
		char begin[17];

		if (!(b->lengths & 1u << length))
			continue;
		memcpy(begin, c->call->caller, length);
		begin[length] = '\0';
		n = add_cursor(cursors, n, g_hash_table_lookup(b->by_caller, begin));
	}
	g_assert(n <= CURSORS_MAX);
	return n;
}

/* The lowest number that the cursors have, which all then leave behind. */
static bool next_number(struct cursor *cursors, guint n, guint *number_r)
{
	guint least = G_MAXUINT;

	for (guint i = 0; i < n; i++)
		if (cursors[i].at < cursors[i].end)
			least = MIN(least, *cursors[i].at);
	for (guint i = 0; i < n; i++)
		if (cursors[i].at < cursors[i].end && *cursors[i].at == least)
			cursors[i].at++;
	*number_r = least;
	return least != G_MAXUINT;
}

const struct rule *rule_of(const struct rule_book *b, struct rule_case *c)
{
	struct cursor cursors[CURSORS_MAX];
	const guint n = find_cursors(b, c, cursors);
	struct look l = { .c = c };
	const struct rule *found = NULL;
	guint number;

	c->looked_at = 0;
	while (!found && next_number(cursors, n, &number)) {
		const struct rule *r = b->rules->pdata[number];

		c->looked_at++;
		if (holds(r, &l))
			found = r;
	}
	look_end(&l);
	return found ? found : b->last;
}

/* ---- shadows ---- */

static bool lines_cover(const struct rule *one, const struct rule *other)
{
	for (guint i = 0; i < other->n_lines; i++)
		if (!line_holds(one, other->lines[i]))
			return false;
	return one->n_lines == 0 || other->n_lines > 0;
}

static bool bits_cover(guint one, guint other)
{
	return !one || (other && !(other & ~one));
}

static bool time_covers(const struct rule *one, const struct rule *other)
{
	if (one->time != RULE_HOURS || other->time != RULE_HOURS)
		return one->time == RULE_ANY_TIME || one->time == other->time;
	return strcmp(hours_spec(one->hours), hours_spec(other->hours)) == 0;
}

static bool has_all(char *const *one, char *const *other)
{
	for (; other && *other; other++)
		if (!one || !g_strv_contains((const char *const *)one, *other))
			return false;
	return true;
}

static bool callers_cover(const struct rule *one, const struct rule *other)
{
	if (!names_callers(one))
		return true;
	if (!names_callers(other) || (other->withheld && !one->withheld) || !has_all(one->groups, other->groups))
		return false;
	for (char **p = other->prefixes; p && *p; p++)
		if (!begins_with_any(*p, one->prefixes))
			return false;
	for (char **p = other->numbers; p && *p; p++)
		if (!begins_with_any(*p, one->prefixes) &&
		    !(one->numbers && g_strv_contains((const char *const *)one->numbers, *p)))
			return false;
	return true;
}

static bool has_part_of(char *const *words, const char *of)
{
	for (; words && *words; words++)
		if (strstr(of, *words))
			return true;
	return false;
}

static bool words_cover(const struct rule *one, const struct rule *other)
{
	if (!one->words && !one->regexes)
		return true;
	if ((!other->words && !other->regexes) || !has_all(one->regexes, other->regexes))
		return false;
	for (char **word = other->words; word && *word; word++)
		if (!has_part_of(one->words, *word))
			return false;
	return true;
}

bool rule_covers(const struct rule *one, const struct rule *other)
{
	return lines_cover(one, other) && bits_cover(one->classes, other->classes) &&
	       bits_cover(one->reasons, other->reasons) && time_covers(one, other) && callers_cover(one, other) &&
	       words_cover(one, other);
}
