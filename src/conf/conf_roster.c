#include "conf_build.h"

#include <string.h>

#include "conf_value.h"

#define STEPS_MAX 32

/* What has been named so far, and where: names and keys are unique. */
struct named {
	int line;
	void *object;
	char *what;		/* "line clinic" */
};

struct names {
	struct conf *c;
	struct conf_errors *errors;
	GHashTable *people, *policies, *lines;	/* title -> struct named * */
	GHashTable *phones, *keys;		/* number; extension, queue, ... -> struct named * */
};

static void named_free(gpointer p)
{
	g_free(((struct named *)p)->what);
	g_free(p);
}

static GHashTable *names_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, named_free);
}

/* Who has had the name before, or NULL: then it is taken now. */
static const struct named *take_name(GHashTable *table, const char *name, const struct conf_block *b, int line,
				     void *object)
{
	const struct named *before = g_hash_table_lookup(table, name);
	struct named *n;

	if (before)
		return before;
	n = g_new0(struct named, 1);
	n->line = line;
	n->object = object;
	n->what = g_strdup_printf("%s %s", conf_section_name(b->section), b->title ? b->title : "");
	g_hash_table_insert(table, g_strdup(name), n);
	return NULL;
}

static void take_title(struct names *n, GHashTable *table, const struct conf_block *b, void *object)
{
	const char *kind = conf_section_name(b->section);
	const struct named *before;

	if (!conf_value_is_id(b->title))
		conf_wrong(n->errors, b->line, "%s \"%s\" is no name; write letters, digits, - _ "
			   "and . (64 at most)", kind, b->title);
	before = take_name(table, b->title, b, b->line, object);
	if (before)
		conf_wrong(n->errors, b->line, "%s %s is there twice, first at line %d; give each "
			   "a name of its own", kind, b->title, before->line);
}

static const char *nearest_in(GHashTable *table, const char *text)
{
	guint size;
	g_autofree gpointer *words = g_hash_table_get_keys_as_array(table, &size);

	return conf_nearest(text, (const char *const *)words, size);
}

/* The thing that a key names; NULL if the key is empty or (an error) nothing has that name. */
static void *referred(struct names *n, GHashTable *table, const char *kind, const struct conf_block *b,
		      enum conf_key_id key)
{
	const char *name = conf_text(b, key), *near;
	const struct named *found = g_hash_table_lookup(table, name);

	if (!*name)
		return NULL;
	if (found)
		return found->object;
	near = nearest_in(table, name);
	if (near)
		conf_wrong(n->errors, conf_line(b, key), "%s = %s: there is no %s %s; did you mean "
			   "%s?", conf_keys[key].name, name, kind, name, near);
	else
		conf_wrong(n->errors, conf_line(b, key), "%s = %s: there is no %s %s; write a "
			   "section %s %s { ... }", conf_keys[key].name, name, kind, name, kind,
			   name);
	return NULL;
}

static char *name_or_title(const struct conf_block *b, enum conf_key_id key)
{
	return g_strdup(*conf_text(b, key) ? conf_text(b, key) : b->title);
}

static void add_person(struct names *n, const struct conf_block *b)
{
	struct person *p = g_new0(struct person, 1);
	const char *phone = conf_text(b, KEY_person_phone);
	const struct named *before;

	p->id = g_strdup(b->title);
	p->name = name_or_title(b, KEY_person_name);
	p->mail = g_strdup(conf_text(b, KEY_person_mail));
	p->phone = *phone ? g_strdup(phone) : NULL;
	take_title(n, n->people, b, p);
	before = p->phone ? take_name(n->phones, phone, b, conf_line(b, KEY_person_phone), p) : NULL;
	if (before)
		conf_wrong(n->errors, conf_line(b, KEY_person_phone),
			   "phone %s is that of %s at line %d too; replies could not be told "
			   "apart, keep one", phone, before->what, before->line);
	roster_add_person(n->c->roster, p);
}

static void add_policy(struct names *n, const struct conf_block *b)
{
	struct escalation_policy *p = g_new0(struct escalation_policy, 1);

	p->id = g_strdup(b->title);
	p->repeat = (guint)conf_number(b, KEY_policy_repeat);
	take_title(n, n->policies, b, p);
	roster_add_policy(n->c->roster, p);
	/* The steps follow once all people are known: see add_steps(). */
}

/* The steps of one policy: those of its blocks whose parent it is, b being the policy's. */
static void add_steps(struct names *n, const struct conf_file *f, guint at, struct escalation_policy *p)
{
	const struct conf_block *b = f->blocks->pdata[at];
	g_autoptr(GArray) steps = g_array_new(FALSE, TRUE, sizeof(struct step));

	for (guint i = at + 1; i < f->blocks->len; i++) {
		const struct conf_block *s = f->blocks->pdata[i];
		struct step step = { 0 };

		if (s->section != SECTION_step)
			break;
		step.tell = referred(n, n->people, "person", s, KEY_step_tell);
		step.wait_s = conf_number(s, KEY_step_wait);
		if (step.tell && !step.tell->phone)
			conf_wrong(n->errors, conf_line(s, KEY_step_tell),
				   "tell = %s: %s has no phone; give person %s a phone",
				   step.tell->id, step.tell->id, step.tell->id);
		g_array_append_val(steps, step);
	}
	if (steps->len == 0 || steps->len > STEPS_MAX)
		conf_wrong(n->errors, b->line, "policy %s has %u steps; write 1 to %d of step { "
			   "tell = ... wait = ... }", b->title, steps->len, STEPS_MAX);
	p->n_steps = steps->len;
	p->steps = g_memdup2(steps->data, sizeof(struct step) * steps->len);
}

/* ---- lines ---- */

/* Opening hours as they are written at a key; NULL, and told, if they are wrong. */
static struct hours *read_hours(struct names *n, const struct conf_block *b, enum conf_key_id key, const char *zone)
{
	g_autoptr(GError) err = NULL;
	struct hours *h = hours_new(conf_text(b, key), zone, &err);

	if (!h)
		conf_wrong(n->errors, conf_line(b, key), "hours: %s; write them like \"Mo-Fr 08:30-17:30; Sa "
			   "09:00-12:00\"", err->message);
	else if (hours_names_holidays(h))
		conf_wrong(n->errors, conf_line(b, key), "hours: PH is not known; write the dates of holidays, as "
			   "\"Dec 25-26 off\"");
	return h;
}

/* Those at the top of the file were looked at once, with the zone there. */
static void set_hours(struct names *n, struct line *l, const struct conf_block *b)
{
	if (*l->zone && *conf_text(b, KEY_line_hours))
		l->hours = read_hours(n, b, KEY_line_hours, l->zone);
	else if (*l->zone && *n->c->hours)
		l->hours = hours_new(n->c->hours, l->zone, NULL);
}

static void check_hours(struct names *n, const struct conf_block *m)
{
	if (*n->c->hours && *n->c->timezone)
		hours_free(read_hours(n, m, KEY_main_hours, n->c->timezone));
}

/* As roster_line() compares: without letter case and outer blanks. */
static char *folded(const char *text)
{
	g_autofree char *copy = g_strstrip(g_strdup(text));

	return g_utf8_strdown(copy, -1);
}

static void add_keys(struct names *n, struct line *l, const struct conf_block *b, enum conf_key_id key)
{
	for (guint i = 0; i < conf_size(b, key); i++) {
		int at;
		const char *what = conf_member(b, key, i, &at);
		g_autofree char *fold = folded(what);
		const struct named *before = take_name(n->keys, fold, b, at, l);

		if (before && before->object != l)
			conf_wrong(n->errors, at, "%s: \"%s\" belongs to %s at line %d already; "
				   "keep it in one line", conf_keys[key].name, what, before->what,
				   before->line);
		else if (!roster_add_key(n->c->roster, l, what) && !before)
			conf_wrong(n->errors, at, "%s: \"%s\" cannot be told from one of another "
				   "line; change one", conf_keys[key].name, what);
	}
}

static const char *own_or(const struct conf_block *b, enum conf_key_id key, const char *inherited)
{
	const char *own = conf_text(b, key);

	return *own ? own : inherited;
}

static void add_line(struct names *n, const struct conf_block *b)
{
	struct conf *c = n->c;
	struct line *l = g_new0(struct line, 1);

	l->id = g_strdup(b->title);
	l->name = name_or_title(b, KEY_line_name);
	l->owner = referred(n, n->people, "person", b, KEY_line_owner);
	l->audit = g_strdup(own_or(b, KEY_line_audit, c->audit));
	l->zone = g_strdup(own_or(b, KEY_line_timezone, c->timezone));
	l->closed = referred(n, n->policies, "policy", b, KEY_line_closed);
	l->open = referred(n, n->policies, "policy", b, KEY_line_open);
	l->collapse = conf_given(b, KEY_line_collapse) ? (enum collapse)conf_number(b, KEY_line_collapse) : c->collapse;
	l->callback_within_s = conf_given(b, KEY_line_callback_within) ? conf_number(b, KEY_line_callback_within)
									 : c->callback_within_s;
	if (!*l->audit)
		conf_wrong(n->errors, b->line, "line %s has no audit mailbox; write audit = "
			   "calls@example.com at the top of the file or here", b->title);
	set_hours(n, l, b);
	take_title(n, n->lines, b, l);
	roster_add_line(c->roster, l);
	add_keys(n, l, b, KEY_line_extensions);
	add_keys(n, l, b, KEY_line_numbers);
	add_keys(n, l, b, KEY_line_queues);
	add_keys(n, l, b, KEY_line_mailboxes);
}

static void set_default_line(struct names *n, const struct conf_block *m)
{
	struct roster *r = n->c->roster;

	r->default_line = referred(n, n->lines, "line", m, KEY_main_default_line);
	if (r->default_line || *conf_text(m, KEY_main_default_line))
		return;
	if (r->lines->len == 1)
		r->default_line = r->lines->pdata[0];
	else if (r->lines->len == 0)
		conf_wrong(n->errors, 0, "there is no line; write a section line main { owner = "
			   "... }");
	else
		conf_wrong(n->errors, 0, "default_line is missing; write default_line = and one of "
			   "the lines, for calls that no line claims");
}

static void each(struct names *n, const struct conf_file *f, enum conf_section section,
		 void (*add)(struct names *, const struct conf_block *))
{
	for (guint i = 0; i < f->blocks->len; i++)
		if (((const struct conf_block *)f->blocks->pdata[i])->section == section)
			add(n, f->blocks->pdata[i]);
}

static void each_policy_steps(struct names *n, const struct conf_file *f)
{
	guint policy = 0;

	for (guint i = 0; i < f->blocks->len; i++)
		if (((const struct conf_block *)f->blocks->pdata[i])->section == SECTION_policy)
			add_steps(n, f, i, n->c->roster->policies->pdata[policy++]);
}

void conf_build_roster(struct conf *c, const struct conf_file *f, struct conf_errors *e)
{
	const struct conf_block *m = conf_file_main(f);
	struct names n = { c, e, names_table(), names_table(), names_table(), names_table(), names_table() };

	check_hours(&n, m);
	each(&n, f, SECTION_person, add_person);
	each(&n, f, SECTION_policy, add_policy);
	each_policy_steps(&n, f);
	each(&n, f, SECTION_line, add_line);
	set_default_line(&n, m);
	g_hash_table_unref(n.people);
	g_hash_table_unref(n.policies);
	g_hash_table_unref(n.lines);
	g_hash_table_unref(n.phones);
	g_hash_table_unref(n.keys);
}
