#include "roster.h"

#include <string.h>

#include "card.h"
#include "dedup.h"
#include "rule.h"
#include "text.h"

#define TAGS_MAX 4	/* before a name */

static void person_free(void *p)
{
	struct person *person = p;

	g_free(person->id);
	g_free(person->name);
	g_free(person->mail);
	g_free(person->phone);
	g_free(person->helpdesk_login);
	g_free(person->away);
	g_strfreev(person->groups);
	hours_free(person->quiet);
	g_free(person->language);
	g_free(person);
}

static void one_texts_free(void *p)
{
	texts_free(p);
}

static void policy_free(void *p)
{
	struct escalation_policy *policy = p;

	g_free(policy->id);
	g_free(policy->steps);
	g_free(policy);
}

static void phrase_free(void *p)
{
	g_free(((struct reply_phrase *)p)->phrase);
}

static void pool_free(void *p)
{
	struct pool *pool = p;

	g_free(pool->id);
	g_free(pool->members);
	g_free(pool);
}

static void line_free(void *p)
{
	struct line *line = p;

	g_free(line->id);
	g_free(line->name);
	g_free(line->audit);
	g_free(line->helpdesk_queue);
	g_free(line->zone);
	g_free(line->language);
	hours_free(line->hours);
	g_free(line);
}

struct roster *roster_new(void)
{
	struct roster *r = g_new0(struct roster, 1);

	r->people = g_ptr_array_new_with_free_func(person_free);
	r->lines = g_ptr_array_new_with_free_func(line_free);
	r->policies = g_ptr_array_new_with_free_func(policy_free);
	r->schedules = g_ptr_array_new_with_free_func(schedule_free);
	r->phrases = g_array_new(FALSE, FALSE, sizeof(struct reply_phrase));
	g_array_set_clear_func(r->phrases, phrase_free);
	r->cards = cards_new();
	r->texts = g_ptr_array_new_with_free_func(one_texts_free);
	r->book = rule_book_new();
	r->pools = g_ptr_array_new_with_free_func(pool_free);
	r->people_by_id = g_hash_table_new(g_str_hash, g_str_equal);
	r->people_by_phone = g_hash_table_new(g_str_hash, g_str_equal);
	r->people_by_mail = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	r->directory = directory_new();
	r->policies_by_id = g_hash_table_new(g_str_hash, g_str_equal);
	r->schedules_by_id = g_hash_table_new(g_str_hash, g_str_equal);
	r->lines_by_id = g_hash_table_new(g_str_hash, g_str_equal);
	r->lines_by_tag = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	r->lines_by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return r;
}

void roster_free(struct roster *r)
{
	if (!r)
		return;
	g_hash_table_unref(r->people_by_id);
	g_hash_table_unref(r->people_by_phone);
	g_hash_table_unref(r->people_by_mail);
	g_hash_table_unref(r->policies_by_id);
	g_hash_table_unref(r->schedules_by_id);
	g_hash_table_unref(r->lines_by_id);
	g_hash_table_unref(r->lines_by_key);
	g_hash_table_unref(r->lines_by_tag);
	rule_book_free(r->book);
	g_ptr_array_unref(r->pools);
	g_ptr_array_unref(r->lines);
	g_ptr_array_unref(r->policies);
	g_ptr_array_unref(r->schedules);
	g_ptr_array_unref(r->people);
	directory_free(r->directory);
	g_array_unref(r->phrases);
	g_ptr_array_unref(r->texts);
	g_free(r->rules.language);
	g_free(r->rules.item_prefix);
	g_free(r->rules.domain);
	g_free(r->rules.reply_address);
	g_strfreev(r->rules.reply_keys);
	cards_free(r->cards);
	g_free(r);
}

/* The first that has a name keeps it: conf refuses a second before it comes here. */
static void add_once(GHashTable *table, char *key, void *value)
{
	if (key && !g_hash_table_contains(table, key))
		g_hash_table_insert(table, key, value);
}

void roster_add_person(struct roster *r, struct person *p)
{
	g_ptr_array_add(r->people, p);
	add_once(r->people_by_id, p->id, p);
	add_once(r->people_by_phone, p->phone, p);
	if (p->mail) {
		char *mail = g_ascii_strdown(p->mail, -1);

		/* An address that two share says of neither that it is they. */
		g_hash_table_replace(r->people_by_mail, mail, g_hash_table_contains(r->people_by_mail, mail) ? NULL : p);
	}
}

void roster_add_policy(struct roster *r, struct escalation_policy *p)
{
	g_ptr_array_add(r->policies, p);
	add_once(r->policies_by_id, p->id, p);
}

void roster_add_phrase(struct roster *r, struct reply_phrase p)
{
	g_array_append_val(r->phrases, p);
}

void roster_add_schedule(struct roster *r, struct schedule *s)
{
	g_ptr_array_add(r->schedules, s);
	add_once(r->schedules_by_id, s->id, s);
}

void roster_add_line(struct roster *r, struct line *l)
{
	g_ptr_array_add(r->lines, l);
	add_once(r->lines_by_id, l->id, l);
}

/* Numbers are compared without the marks that people put between digits; they must not contain anything else. */
static void drop_marks(char *s)
{
	char *to = s;

	if (!*s || s[strspn(s, "+0123456789 ()-./")] != '\0' || !strpbrk(s, "0123456789"))
		return;
	for (const char *p = s; *p; p++)
		if (g_ascii_isdigit(*p) || (*p == '+' && p == s))
			*to++ = *p;
	*to = '\0';
}

static char *line_key(const char *what)
{
	g_autofree char *valid = g_utf8_make_valid(what, -1);
	char *key = g_strstrip(g_utf8_strdown(valid, -1));

	drop_marks(key);
	return key;
}

static bool add_key(GHashTable *table, const struct line *l, const char *what)
{
	g_autofree char *key = line_key(what);
	const struct line *has = g_hash_table_lookup(table, key);

	if (has || !*key)
		return has && has == l;
	g_hash_table_insert(table, g_steal_pointer(&key), (void *)l);
	return true;
}

bool roster_add_key(struct roster *r, const struct line *l, const char *what)
{
	return add_key(r->lines_by_key, l, what);
}

bool roster_add_tag(struct roster *r, const struct line *l, const char *tag)
{
	return add_key(r->lines_by_tag, l, tag);
}

const struct person *roster_person(const struct roster *r, const char *id)
{
	return id ? g_hash_table_lookup(r->people_by_id, id) : NULL;
}

const struct person *roster_person_by_phone(const struct roster *r, const char *e164)
{
	return e164 ? g_hash_table_lookup(r->people_by_phone, e164) : NULL;
}

const struct person *roster_person_by_mail(const struct roster *r, const char *address)
{
	g_autofree char *lower = address ? g_ascii_strdown(address, -1) : NULL;

	return lower ? g_hash_table_lookup(r->people_by_mail, lower) : NULL;
}

const struct schedule *roster_schedule(const struct roster *r, const char *id)
{
	return id ? g_hash_table_lookup(r->schedules_by_id, id) : NULL;
}

const struct escalation_policy *roster_policy(const struct roster *r, const char *id)
{
	return id ? g_hash_table_lookup(r->policies_by_id, id) : NULL;
}

const struct line *roster_line_by_id(const struct roster *r, const char *id)
{
	return id ? g_hash_table_lookup(r->lines_by_id, id) : NULL;
}

static const struct line *look_up(GHashTable *table, const char *what)
{
	g_autofree char *key = what ? line_key(what) : NULL;

	return key ? g_hash_table_lookup(table, key) : NULL;
}

static const struct line *by_key(const struct roster *r, const char *what)
{
	return look_up(r->lines_by_key, what);
}

void roster_take_tag(const struct roster *r, struct call *c, struct arena *a)
{
	const char *begin = c->caller_name, *colon;

	if (!begin || g_hash_table_size(r->lines_by_tag) == 0)
		return;
	for (guint n = 0; n < TAGS_MAX && (colon = strchr(begin, ':')); n++) {
		const char *tag = arena_strndup(a, begin, (gsize)(colon - begin)), *rest = colon + 1 + strspn(colon + 1, " ");

		if (look_up(r->lines_by_tag, tag)) {
			c->tag = tag;
			c->caller_name = *rest ? rest : NULL;
			return;
		}
		begin = rest;
	}
}

static const struct line *by_mailbox(const struct roster *r, const char *const *rcpts, struct arena *a,
				     const char **mailbox_r)
{
	for (; rcpts && *rcpts; rcpts++) {
		const char *mailbox = dedup_rcpt(a, *rcpts);
		const struct line *line = by_key(r, mailbox);

		if (line) {
			*mailbox_r = mailbox;
			return line;
		}
	}
	return NULL;
}

const struct line *roster_line(const struct roster *r, const struct call *c, const char *const *rcpts,
			       struct arena *a, const char **why_r)
{
	const struct line *line;
	const char *mailbox;

	*why_r = "default";
	if (c->tag && (line = look_up(r->lines_by_tag, c->tag)))
		*why_r = arena_printf(a, "tag %s", text_line(a, c->tag, 40));
	else if ((line = by_key(r, c->called)))
		*why_r = arena_printf(a, "called %s", text_line(a, c->called, 40));
	else if ((line = by_key(r, c->called_name)))
		*why_r = arena_printf(a, "called name %s", text_line(a, c->called_name, 40));
	else if ((line = by_mailbox(r, rcpts, a, &mailbox)))
		*why_r = arena_printf(a, "mailbox %s", text_line(a, mailbox, 100));
	return line ? line : r->default_line;
}

/* "de" serves "de-AT" too, where there is none of that name. */
static const struct texts *texts_for(const struct roster *r, const char *language)
{
	const gsize n = strcspn(language, "-");
	const struct texts *near = NULL;

	for (guint k = 0; k < r->texts->len; k++) {
		const struct texts *t = r->texts->pdata[k];
		const char *own = texts_language(t);

		if (g_ascii_strcasecmp(own, language) == 0)
			return t;
		if (strlen(own) == n && g_ascii_strncasecmp(own, language, n) == 0)
			near = t;
	}
	return near ? near : texts_builtin(language);
}

const struct texts *roster_texts(const struct roster *r, const struct person *p, const struct line *l)
{
	const char *language = p && p->language ? p->language : l && l->language ? l->language : r->rules.language;

	return texts_for(r, language ? language : "en");
}
