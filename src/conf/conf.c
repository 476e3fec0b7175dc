#include "conf.h"

#include "clock.h"
#include "conf_build.h"
#include "conf_bulk.h"
#include "conf_text.h"
#include "err.h"

#define ROSTER_LARGE 5000

static gpointer free_beside(gpointer roster)
{
	roster_free(roster);
	return NULL;
}

/* Whoever lets go of a snapshot last pays for it: after a reload that is some mail under way, which must not wait until
 * a hundred thousand lines are freed. */
static void drop_roster(struct roster *r)
{
	if (r && r->lines->len + r->people->len + directory_size(r->directory) > ROSTER_LARGE)
		g_thread_unref(g_thread_new("old-roster", free_beside, r));
	else
		roster_free(r);
}

static void conf_clear(void *p)
{
	struct conf *c = p;

	g_free(c->file);
	g_free(c->text);
	g_free(c->region);
	g_free(c->timezone);
	g_free(c->audit);
	g_free(c->hours);
	g_free(c->store);
	g_free(c->run_dir);
	g_free(c->milter_socket);
	g_free(c->milter_socket_group);
	g_free(c->user);
	g_free(c->relay_host);
	g_free(c->mail_from);
	g_free(c->profile_dir);
	if (c->reply_servers)
		g_ptr_array_unref(c->reply_servers);
	g_free(c->template_dir);
	g_free(c->templates_wrong);
	g_free(c->language);
	g_free(c->authserv_id);
	conf_bulk_unref(c->bulk);
	drop_roster(c->roster);
	if (!c->origin)
		profiles_free(c->profiles);
	conf_unref(c->origin);
	if (c->calendars)
		g_ptr_array_unref(c->calendars);
	if (c->sources)
		g_ptr_array_unref(c->sources);
	if (c->providers)
		g_ptr_array_unref(c->providers);
}

static struct conf *conf_new(const char *file)
{
	struct conf *c = g_atomic_rc_box_new0(struct conf);

	c->file = g_strdup(file);
	return c;
}

struct conf *conf_ref(struct conf *c)
{
	return g_atomic_rc_box_acquire(c);
}

void conf_unref(struct conf *c)
{
	if (c)
		g_atomic_rc_box_release_full(c, conf_clear);
}

/* Gives c if nothing was wrong. */
static struct conf *finish(struct conf *c, struct conf_errors *e, GError **err)
{
	if (conf_errors_count(e) > 0) {
		g_autofree char *text = conf_errors_text(e);

		err_set(err, ERR_CONF, "%s", text);
		g_clear_pointer(&c, conf_unref);
	}
	conf_errors_free(e);
	return c;
}

/* Takes text. */
static struct conf *load(const char *file, char *text, struct conf *origin, const struct conf *before, bool lenient,
			 struct conf_errors *e, GError **err)
{
	struct conf_file *f = conf_file_parse(text, e);
	struct conf *c = conf_new(file);

	c->text = text;
	c->origin = origin ? conf_ref(origin) : NULL;
	c->read_at = clock_now();
	c->lenient = lenient;
	/* After a syntax error half of the people are missing: what refers to them is not wrong. */
	if (f->whole)
		conf_build(c, f, before, e);
	conf_file_free(f);
	return finish(c, e, err);
}

struct conf *conf_load(const char *file, GError **err)
{
	return conf_load_after(file, NULL, err);
}

struct conf *conf_load_after(const char *file, const struct conf *before, GError **err)
{
	struct conf_errors *e = conf_errors_new(file);

	return load(file, conf_text_read(file, e), NULL, before, false, e, err);
}

struct conf *conf_load_leniently(const char *file, GError **err)
{
	struct conf_errors *e = conf_errors_new(file);

	return load(file, conf_text_read(file, e), NULL, NULL, true, e, err);
}

struct conf *conf_load_again(struct conf *before, GError **err)
{
	return load(before->file, g_strdup(before->text), before->origin ? before->origin : before, before,
		    false, conf_errors_new(before->file), err);
}

static void add_default_line(struct conf *c)
{
	struct person *p = g_new0(struct person, 1);
	struct line *l = g_new0(struct line, 1);

	p->id = g_strdup("owner");
	p->name = g_strdup("Owner");
	p->mail = g_strdup("owner@example.com");
	roster_add_person(c->roster, p);
	l->id = g_strdup("main");
	l->name = g_strdup("Main");
	l->owner = p;
	l->audit = g_strdup("audit@example.com");
	l->zone = g_strdup(c->timezone);
	l->collapse = c->collapse;
	l->callback_within_s = c->callback_within_s;
	l->language = g_strdup(c->language);
	l->notes = c->notes;
	l->hours = hours_new(c->hours, c->timezone, NULL);
	roster_add_line(c->roster, l);
	c->roster->default_line = l;
}

struct conf *conf_default(const char *profile_dir, const char *region, const char *zone, GError **err)
{
	struct conf_errors *e = conf_errors_new("command line");
	struct conf_file *f = conf_file_empty();
	struct conf *c = conf_new("");

	if (region)
		conf_file_set(f, KEY_main_region, region, e);
	if (zone)
		conf_file_set(f, KEY_main_timezone, zone, e);
	conf_build_settings(c, f, profile_dir, e);
	conf_file_free(f);
	add_default_line(c);
	conf_source_add_local(c);
	return finish(c, e, err);
}
