#include "conf_build.h"
#include "conf_bulk.h"
#include "conf_calendars.h"
#include "conf_names.h"

#include <string.h>

#include "conf_value.h"

#define STEPS_MAX 32
#define POOL_MAX 200

struct bulk_pass {
	struct names *n;
	void (*each)(struct names *n, const struct conf_block *b);
};

/* What has been named so far, and where: names and keys are unique. */
struct named {
	struct place place;
	enum conf_section section;
	void *object;
	char title[];
};

static GHashTable *names_table(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* Who has had the name before, or NULL: then it is taken now. */
static const struct named *take_name(struct names *names, GHashTable *table, const char *name, const struct conf_block *b,
				     int line, void *object)
{
	const struct named *before = g_hash_table_lookup(table, name);
	gsize size = strlen(b->title) + 1;
	struct named *n;

	if (before)
		return before;
	n = g_malloc(sizeof(*n) + size);
	*n = (struct named){ conf_errors_place(names->errors, line), b->section, object };
	memcpy(n->title, b->title, size);
	g_hash_table_insert(table, g_strdup(name), n);
	return NULL;
}

/* "line 12", or "/etc/ringback/people.csv:12" */
static char *place_words(const struct names *n, struct place at)
{
	return strcmp(at.file, conf_errors_place(n->errors, 0).file) == 0 ? g_strdup_printf("line %d", at.line)
									  : g_strdup_printf("%s:%d", at.file, at.line);
}

bool names_take(struct names *n, GHashTable *table, const char *name, const struct conf_block *b, int line, void *object,
		char **before_r)
{
	const struct named *before = take_name(n, table, name, b, line, object);
	g_autofree char *where = before ? place_words(n, before->place) : NULL;

	if (before)
		*before_r = g_strdup_printf("%s %s at %s", conf_section_name(before->section), before->title, where);
	return !before;
}

void names_take_title(struct names *n, GHashTable *table, const struct conf_block *b, void *object)
{
	const char *kind = conf_section_name(b->section);
	const struct named *before;

	if (b->section != SECTION_caller && !conf_value_is_id(b->title))
		conf_wrong(n->errors, b->line, "%s \"%s\" is no name; write letters, digits, - _ "
			   "and . (64 at most)", kind, b->title);
	before = take_name(n, table, b->title, b, b->line, object);
	if (before) {
		g_autofree char *where = place_words(n, before->place);

		conf_wrong(n->errors, b->line, "%s %s is there twice, first at %s; give each "
			   "a name of its own", kind, b->title, where);
	}
}

static const char *nearest_in(GHashTable *table, const char *text)
{
	guint size;
	g_autofree gpointer *words = g_hash_table_get_keys_as_array(table, &size);

	return conf_nearest(text, (const char *const *)words, size);
}

void *names_find(struct names *n, GHashTable *table, const char *kind, const struct conf_block *b, enum conf_key_id key,
		 const char *text)
{
	const struct named *found = g_hash_table_lookup(table, text);
	const char *near;

	if (!*text)
		return NULL;
	if (found)
		return found->object;
	near = conf_errors_full(n->errors) ? NULL : nearest_in(table, text);
	if (near)
		conf_wrong(n->errors, conf_line(b, key), "%s = %s: there is no %s %s; did you mean "
			   "%s?", conf_keys[key].name, text, kind, text, near);
	else
		conf_wrong(n->errors, conf_line(b, key), "%s = %s: there is no %s %s; write a "
			   "section %s %s { ... }", conf_keys[key].name, text, kind, text, kind,
			   text);
	return NULL;
}

static void *referred(struct names *n, GHashTable *table, const char *kind, const struct conf_block *b,
		      enum conf_key_id key)
{
	return names_find(n, table, kind, b, key, conf_text(b, key));
}

void names_find_duty(struct names *n, const struct conf_block *b, enum conf_key_id key, const struct person **person_r,
		     const struct schedule **schedule_r)
{
	const char *text = conf_text(b, key);

	*person_r = NULL;
	*schedule_r = NULL;
	if (g_str_has_prefix(text, "schedule:"))
		*schedule_r = names_find(n, n->schedules, "schedule", b, key, text + strlen("schedule:"));
	else
		*person_r = names_find(n, n->people, "person", b, key, text);
}

char *names_dup(const struct conf_block *b, enum conf_key_id key)
{
	return *conf_text(b, key) ? g_strdup(conf_text(b, key)) : NULL;
}

char *names_name(const struct conf_block *b, enum conf_key_id key)
{
	return g_strdup(*conf_text(b, key) ? conf_text(b, key) : b->title);
}

/* "5 per 15m"; "" is none. */
struct pace names_pace(struct names *n, const struct conf_block *b, enum conf_key_id key)
{
	const char *text = conf_text(b, key);
	struct pace p = { 0 };

	if (*text && !pace_read(text, &p))
		conf_wrong(n->errors, conf_line(b, key), "%s = \"%s\" is no number of texts in a time; write one like \"5 per "
			   "15m\", 1 to %d texts in 1m to 1d", conf_keys[key].name, text, PACE_TEXTS_MAX);
	n->c->roster->rules.paced |= p.texts > 0;
	return p;
}

static void on_bulk(void *user, const struct conf_block *b)
{
	struct bulk_pass *pass = user;

	pass->each(pass->n, b);
}

void names_each(struct names *n, enum conf_section section, bool values,
		void (*each)(struct names *n, const struct conf_block *b))
{
	struct bulk_pass pass = { n, each };

	for (guint i = 0; i < n->file->blocks->len; i++)
		if (((const struct conf_block *)n->file->blocks->pdata[i])->section == section)
			each(n, n->file->blocks->pdata[i]);
	conf_bulk_each(n->c->bulk, section, values, on_bulk, &pass, n->errors);
}

static void add_policy(struct names *n, const struct conf_block *b)
{
	struct escalation_policy *p = g_new0(struct escalation_policy, 1);

	p->id = g_strdup(b->title);
	p->place = conf_errors_place(n->errors, b->line);
	p->repeat = (guint)conf_number(b, KEY_policy_repeat);
	names_take_title(n, n->policies, b, p);
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
		names_find_duty(n, s, KEY_step_tell, &step.tell, &step.schedule);
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

struct holidays *names_holidays(struct names *n, const struct conf_block *b, enum conf_key_id key)
{
	const char *file = conf_text(b, key);

	return *file ? conf_calendar_holidays(n->c, n->before, file, n->errors, conf_line(b, key)) : NULL;
}

struct hours *names_hours(struct names *n, const struct conf_block *b, enum conf_key_id key, const char *zone,
			  struct holidays *days)
{
	g_autoptr(GError) err = NULL;
	struct hours *h = hours_new(conf_text(b, key), zone, &err);

	if (!h)
		conf_wrong(n->errors, conf_line(b, key), "%s: %s; write them like \"Mo-Fr 08:30-17:30; Sa "
			   "09:00-12:00\"", conf_keys[key].name, err->message);
	else if (days)
		hours_set_holidays(h, days);
	else if (hours_names_holidays(h))
		conf_wrong(n->errors, conf_line(b, key), "%s: PH is there, but no holidays are; write holidays = "
			   "\"/etc/ringback/holidays.ics\"", conf_keys[key].name);
	return h;
}

/* The hours at the top of the file: looked at with its zone and holidays, and told once. */
static void check_hours(struct names *n)
{
	struct holidays *days = names_holidays(n, n->main, KEY_main_holidays);

	if (*n->c->hours && *n->c->timezone)
		hours_free(names_hours(n, n->main, KEY_main_hours, n->c->timezone, days));
	holidays_unref(days);
}

/* Most lines have the hours of others: those are read once. b NULL: the hours at the top of the file, of which was told
 * already what is wrong. */
static struct hours *shared_hours(struct names *n, const struct conf_block *b, const char *spec, const char *zone,
				  struct holidays *days)
{
	g_autofree char *key = g_strdup_printf("%s\n%p\n%s", zone, (void *)days, spec);
	struct hours *h = g_hash_table_lookup(n->hours, key);

	if (h)
		return hours_ref(h);
	h = b ? names_hours(n, b, KEY_line_hours, zone, days) : hours_new(spec, zone, NULL);
	if (h && days && !b)
		hours_set_holidays(h, days);
	if (h)
		g_hash_table_insert(n->hours, g_steal_pointer(&key), hours_ref(h));
	return h;
}

static void set_hours(struct names *n, struct line *l, const struct conf_block *b)
{
	struct holidays *days = *conf_text(b, KEY_line_holidays) ? names_holidays(n, b, KEY_line_holidays)
								 : names_holidays(n, n->main, KEY_main_holidays);

	if (*l->zone && *conf_text(b, KEY_line_hours))
		l->hours = shared_hours(n, b, conf_text(b, KEY_line_hours), l->zone, days);
	else if (*l->zone && *n->c->hours)
		l->hours = shared_hours(n, NULL, n->c->hours, l->zone, days);
	holidays_unref(days);
}

/* Those of a group, in the order of the configuration. */
static void add_members(struct names *n, struct pool *pool)
{
	g_autofree char *group = g_utf8_strdown(pool->id, -1);
	const GPtrArray *people = n->c->roster->people;
	g_autoptr(GPtrArray) members = g_ptr_array_new();

	for (guint i = 0; i < people->len && members->len < POOL_MAX; i++) {
		const struct person *p = people->pdata[i];

		if (p->groups && g_strv_contains((const char *const *)p->groups, group))
			g_ptr_array_add(members, (gpointer)p);
	}
	pool->n_members = members->len;
	pool->members = g_memdup2(members->pdata, members->len * sizeof(void *));
}

static const struct pool *find_pool(struct names *n, const struct conf_block *b, enum conf_key_id key, const char *id)
{
	GPtrArray *pools = n->c->roster->pools;
	struct pool *pool;

	for (guint i = 0; i < pools->len; i++)
		if (strcmp(((struct pool *)pools->pdata[i])->id, id) == 0)
			return pools->pdata[i];
	pool = g_new0(struct pool, 1);
	pool->id = g_strdup(id);
	g_ptr_array_add(pools, pool);
	if (!g_hash_table_contains(n->schedules, id))
		add_members(n, pool);
	if (pool->n_members == 0)
		pool->schedule = names_find(n, n->schedules, "schedule", b, key, id);
	return pool;
}

void names_find_owner(struct names *n, const struct conf_block *b, enum conf_key_id key, struct duty *d)
{
	const char *text = conf_text(b, key);

	if (g_str_has_prefix(text, "round-robin:")) {
		d->pool = find_pool(n, b, key, text + strlen("round-robin:"));
		d->by = OWNER_TURNS;
	} else if (strcmp(text, "caller:account") == 0) {
		d->by = OWNER_ACCOUNT;
	} else if (strcmp(text, "caller:last") == 0) {
		d->by = OWNER_LAST;
		n->c->roster->asks_last = true;
	} else {
		names_find_duty(n, b, key, &d->person, &d->schedule);
	}
}

/* Whose it is. Where that is no person the fall-back is the owner of all else. */
static void set_owner(struct names *n, struct line *l, const struct conf_block *b)
{
	struct duty d = { 0 };

	names_find_owner(n, b, KEY_line_owner, &d);
	l->owner = d.person;
	l->schedule = d.schedule;
	l->owner_by = d.by;
	l->pool = d.pool;
	l->fallback = referred(n, n->people, "person", b, KEY_line_fallback);
	if ((d.schedule || d.by != OWNER_NAMED) && !l->fallback && !*conf_text(b, KEY_line_fallback))
		conf_wrong(n->errors, conf_line(b, KEY_line_owner), "line %s is owned by %s; write fallback = and a "
			   "person, for when nobody is on it", b->title, d.schedule ? "a schedule" : conf_text(b, KEY_line_owner));
	if (d.schedule || d.by != OWNER_NAMED)
		l->owner = l->fallback;
	else if (!l->fallback)
		l->fallback = l->owner;
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
		const struct named *before = take_name(n, n->keys, fold, b, at, l);
		g_autofree char *where = before ? place_words(n, before->place) : NULL;

		if (before && before->object != l)
			conf_wrong(n->errors, at, "%s: \"%s\" belongs to line %s at %s already; "
				   "keep it in one line", conf_keys[key].name, what, before->title, where);
		else if (!roster_add_key(n->c->roster, l, what) && !before)
			conf_wrong(n->errors, at, "%s: \"%s\" cannot be told from one of another "
				   "line; change one", conf_keys[key].name, what);
	}
}

static void add_tags(struct names *n, struct line *l, const struct conf_block *b)
{
	for (guint i = 0; i < conf_size(b, KEY_line_tags); i++) {
		int at;
		const char *tag = conf_member(b, KEY_line_tags, i, &at);

		if (strchr(tag, ':'))
			conf_wrong(n->errors, at, "tags: \"%s\" has a colon; write what stands before it", tag);
		else if (!roster_add_tag(n->c->roster, l, tag))
			conf_wrong(n->errors, at, "tags: \"%s\" belongs to another line already; keep it in one line", tag);
	}
}

static void set_missed(struct names *n, struct line *l, const struct conf_block *b)
{
	for (guint i = 0; i < conf_size(b, KEY_line_missed); i++) {
		int at;
		const char *word = conf_member(b, KEY_line_missed, i, &at);
		enum call_reason reason;

		if (reason_from_name(word, &reason) && reason != REASON_ANSWERED_ELSEWHERE && reason != REASON_UNKNOWN)
			l->missed |= 1u << reason;
		else
			conf_wrong(n->errors, at, "missed: \"%s\" is no reason that can count; write no_answer, busy, "
				   "not_reachable, rejected or abandoned", word);
	}
	l->helpdesk = (enum helpdesk)conf_number(b, KEY_line_helpdesk);
	l->helpdesk_queue = names_dup(b, KEY_line_helpdesk_queue);
	l->abandoned_after_s = conf_number(b, KEY_line_abandoned_after);
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
	l->place = conf_errors_place(n->errors, b->line);
	l->name = names_name(b, KEY_line_name);
	set_owner(n, l, b);
	l->audit = g_strdup(own_or(b, KEY_line_audit, c->audit));
	l->zone = g_strdup(own_or(b, KEY_line_timezone, c->timezone));
	l->closed = referred(n, n->policies, "policy", b, KEY_line_closed);
	l->throttle = names_pace(n, b, KEY_line_throttle);
	l->budget = (guint)conf_number(b, KEY_line_budget);
	c->roster->rules.paced |= l->budget > 0;
	l->last_resort = referred(n, n->people, "person", b, KEY_line_last_resort);
	l->open = referred(n, n->policies, "policy", b, KEY_line_open);
	l->language = *conf_text(b, KEY_line_language) ? conf_language(c, b, KEY_line_language, n->errors) : g_strdup(c->language);
	l->collapse = conf_given(b, KEY_line_collapse) ? (enum collapse)conf_number(b, KEY_line_collapse) : c->collapse;
	l->notes = conf_given(b, KEY_line_notes) ? (enum notes)conf_number(b, KEY_line_notes) : c->notes;
	l->callback_within_s = conf_given(b, KEY_line_callback_within) ? conf_number(b, KEY_line_callback_within)
									 : c->callback_within_s;
	conf_line_response(n, l, b);
	if (!*l->audit)
		conf_wrong(n->errors, b->line, "line %s has no audit mailbox; write audit = "
			   "calls@example.com at the top of the file or here", b->title);
	set_hours(n, l, b);
	names_take_title(n, n->lines, b, l);
	roster_add_line(c->roster, l);
	add_keys(n, l, b, KEY_line_extensions);
	add_keys(n, l, b, KEY_line_numbers);
	add_keys(n, l, b, KEY_line_queues);
	add_keys(n, l, b, KEY_line_mailboxes);
	add_tags(n, l, b);
	set_missed(n, l, b);
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

static void each_policy_steps(struct names *n, const struct conf_file *f)
{
	guint policy = 0;

	for (guint i = 0; i < f->blocks->len; i++)
		if (((const struct conf_block *)f->blocks->pdata[i])->section == SECTION_policy)
			add_steps(n, f, i, n->c->roster->policies->pdata[policy++]);
}

void conf_build_roster(struct conf *c, const struct conf_file *f, const struct conf *before, struct conf_errors *e)
{
	struct names n = { .c = c, .file = f, .main = conf_file_main(f), .before = before, .errors = e };
	GHashTable **tables[] = { &n.people, &n.policies, &n.schedules, &n.lines, &n.callers, &n.phones, &n.keys, &n.rules };

	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		*tables[i] = names_table();
	n.hours = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)hours_free);
	c->bulk = c->origin ? conf_bulk_ref(before->bulk) : conf_bulk_read(f, e);
	check_hours(&n);
	conf_build_people(&n);
	conf_build_absences(&n);
	conf_build_schedules(&n, f);
	names_each(&n, SECTION_policy, true, add_policy);
	each_policy_steps(&n, f);
	conf_build_response(&n);
	names_each(&n, SECTION_line, true, add_line);
	set_default_line(&n, n.main);
	conf_build_callers(&n);
	conf_build_rules(&n, f);
	conf_build_replies(&n, f);
	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		g_hash_table_unref(*tables[i]);
	g_hash_table_unref(n.hours);
	who_free(n.who);
}
