/* What the commands share: configuration, store, ids, ways to fail. */
#include "command.h"

#include <stdarg.h>
#include <string.h>
#include <sysexits.h>

#include "err.h"
#include "phone.h"
#include "text.h"
#include "zone.h"

#define NAMES_SHOWN 20

int command_fail(int code, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	fprintf(stderr, "ringback: %s\n", text);
	return code;
}

int command_usage(const struct command_def *c)
{
	fprintf(stderr, "usage: ringback %s %s\n", c->name, c->arguments);
	return EX_USAGE;
}

bool command_region(const char *command, const char *region)
{
	if (phone_region_known(region))
		return true;
	fprintf(stderr, "ringback %s: no region \"%s\"; an ISO 3166 code is meant, such as GB\n", command, region);
	return false;
}

bool command_zone(const char *command, const char *zone)
{
	g_autoptr(GTimeZone) tz = g_time_zone_new_identifier(zone);

	if (tz)
		return true;
	fprintf(stderr, "ringback %s: no time zone \"%s\"; such as Europe/London\n", command, zone);
	return false;
}

int command_load(struct command_env *env, struct command_work *w)
{
	g_autoptr(GError) err = NULL;

	w->a = arena_new();
	w->conf = conf_load_leniently(env->conf_file, &err);
	if (w->conf && conf_calendars_wrong(w->conf))
		fprintf(stderr, "%s\n", conf_calendars_wrong(w->conf));
	if (w->conf)
		return EX_OK;
	fprintf(stderr, "%s\n", err->message);
	return EX_CONFIG;
}

int command_open(struct command_env *env, struct command_work *w)
{
	g_autoptr(GError) err = NULL;
	int code = command_load(env, w);

	if (code)
		return code;
	/* Made by an operator it would belong to the operator, and the daemon could not write it. */
	if (!g_file_test(w->conf->store, G_FILE_TEST_EXISTS))
		return command_fail(EX_TEMPFAIL, "there is no store at %s; ringbackd makes it at its first start",
				    w->conf->store);
	w->store = store_sqlite_open(w->conf->store, &err);
	return w->store ? EX_OK : command_fail(EX_TEMPFAIL, "%s", err->message);
}

void command_end(struct command_work *w)
{
	store_free(w->store);
	conf_unref(w->conf);
	arena_free(w->a);
}

bool command_time(const char *text, const char *zone, int64_t *at_r)
{
	g_autofree char *full = g_strdup_printf("%s%s", text, strlen(text) == 10 ? "T00:00:00" : strlen(text) == 16 ? ":00" : "");
	g_autoptr(GTimeZone) tz = zone_get(zone);
	g_autoptr(GDateTime) t = NULL;

	g_strdelimit(full, " ", 'T');
	t = tz ? g_date_time_new_from_iso8601(full, tz) : NULL;
	if (!t)
		return text_to_time(text, at_r);
	*at_r = g_date_time_to_unix(t);
	return true;
}

/* ---- items by name ---- */

static bool id_read(const struct command_work *w, const char *name, int64_t *id_r)
{
	const char *prefix = w->conf->roster->rules.item_prefix;
	gsize len = strlen(prefix);

	if (g_ascii_strncasecmp(name, prefix, len) == 0) {
		name += len;
		if (*name == '-')
			name++;
	}
	return text_to_long(name, 1, INT64_MAX, id_r);
}

struct item_look {
	struct arena *a;
	int64_t id;
	struct item *item;
};

static bool think_item(struct store_tx *tx, void *user, GError **err)
{
	struct item_look *l = user;

	return tx_item(tx, l->id, l->a, &l->item, err);
}

int command_item(struct command_work *w, const char *name, struct item **i_r)
{
	const char *prefix = w->conf->roster->rules.item_prefix;
	struct item_look l = { .a = w->a };
	g_autoptr(GError) err = NULL;

	*i_r = NULL;
	if (!id_read(w, name, &l.id))
		return command_fail(EX_USAGE, "'%s' names no item; write %s-17 or 17", name, prefix);
	if (store_read(w->store, think_item, &l, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	*i_r = l.item;
	if (!l.item)
		return command_fail(EX_DATAERR, "no item %s-%" G_GINT64_FORMAT, prefix, l.id);
	return EX_OK;
}

/* ---- people and lines ---- */

static int no_such(const char *what, const char *id, const char *plural, const GPtrArray *ids)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (guint i = 0; i < ids->len && i < NAMES_SHOWN; i++)
		g_string_append_printf(list, "%s%s", i ? ", " : "", (const char *)ids->pdata[i]);
	if (ids->len > NAMES_SHOWN)
		g_string_append_printf(list, " and %u more", ids->len - NAMES_SHOWN);
	return command_fail(EX_USAGE, "no such %s '%s'; %s: %s", what, id, plural, list->str);
}

int command_no_person(const struct command_work *w, const char *id)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	for (guint i = 0; i < w->conf->roster->people->len; i++)
		g_ptr_array_add(ids, ((struct person *)w->conf->roster->people->pdata[i])->id);
	return no_such("person", id, "people", ids);
}

int command_no_line(const struct command_work *w, const char *id)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	for (guint i = 0; i < w->conf->roster->lines->len; i++)
		g_ptr_array_add(ids, ((struct line *)w->conf->roster->lines->pdata[i])->id);
	return no_such("line", id, "lines", ids);
}
