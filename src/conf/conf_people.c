/* People, and callers who are known. */
#include "conf_build.h"
#include "conf_names.h"

#include "conf_value.h"
#include "phone.h"

/* The members of a list of texts, lower case; NULL if there are none. */
static char **read_groups(const struct conf_block *b, enum conf_key_id key)
{
	const guint n = conf_size(b, key);
	char **groups = n ? g_new0(char *, n + 1) : NULL;
	int line;

	for (guint i = 0; i < n; i++)
		groups[i] = g_utf8_strdown(conf_member(b, key, i, &line), -1);
	return groups;
}

static void add_person(struct names *n, const struct conf_block *b)
{
	struct person *p = g_new0(struct person, 1);
	const char *phone = conf_text(b, KEY_person_phone);
	g_autofree char *before = NULL;

	p->id = g_strdup(b->title);
	p->place = conf_errors_place(n->errors, b->line);
	p->name = names_name(b, KEY_person_name);
	p->mail = g_strdup(conf_text(b, KEY_person_mail));
	p->phone = *phone ? g_strdup(phone) : NULL;
	p->language = *conf_text(b, KEY_person_language) ? conf_language(n->c, b, KEY_person_language, n->errors) : NULL;
	p->throttle = names_pace(n, b, KEY_person_throttle);
	p->helpdesk_login = names_dup(b, KEY_person_helpdesk_login);
	p->groups = read_groups(b, KEY_person_groups);
	names_take_title(n, n->people, b, p);
	if (p->phone && !names_take(n, n->phones, phone, b, conf_line(b, KEY_person_phone), p, &before))
		conf_wrong(n->errors, conf_line(b, KEY_person_phone), "phone %s is that of %s too; replies could not be told "
			   "apart, keep one", phone, before);
	roster_add_person(n->c->roster, p);
}

void conf_build_people(struct names *n)
{
	names_each(n, SECTION_person, true, add_person);
}

/* Most are E.164 with "+" already; what a customer database writes as people there dial it takes a hundred times longer. */
static char *caller_number(const struct names *n, const char *title)
{
	AUTO_ARENA a = arena_new();

	return *title == '+' ? conf_value_phone(title) : g_strdup(phone_e164(a, title, n->c->region));
}

static void add_caller(struct names *n, const struct conf_block *b)
{
	g_autofree char *number = caller_number(n, b->title), *before = NULL;
	g_auto(GStrv) groups = read_groups(b, KEY_caller_groups);
	struct contact c = {
		.number = number, .name = *conf_text(b, KEY_caller_name) ? conf_text(b, KEY_caller_name) : NULL,
		.groups = (const char *const *)groups, .place = conf_errors_place(n->errors, b->line)
	};

	c.owner = names_find(n, n->people, "person", b, KEY_caller_owner, conf_text(b, KEY_caller_owner));
	if (!number)
		conf_wrong(n->errors, b->line, "caller \"%.60s\" is no number; write it with + and country code, as "
			   "\"+442079460100\"", b->title);
	else if (!names_take(n, n->callers, number, b, b->line, n, &before))
		conf_wrong(n->errors, b->line, "caller %s is there twice, first as %s; keep one", number, before);
	else
		directory_add(n->c->roster->directory, &c);
}

void conf_build_callers(struct names *n)
{
	names_each(n, SECTION_caller, true, add_caller);
}
