#include "conf_calendars.h"

#include <glib/gstdio.h>
#include <string.h>

#include "calendar.h"
#include "clock.h"
#include "zone.h"

#define DAY_S (24 * 60 * 60)
#define BEHIND_S (400 * DAY_S)
#define AHEAD_S (800 * DAY_S)
#define HOLIDAYS_MAX 10000

static void note_state(struct conf_calendar *f)
{
	GStatBuf st;

	if (g_stat(f->file, &st) != 0)
		return;
	f->inode = (int64_t)st.st_ino;
	f->size = (int64_t)st.st_size;
	f->changed_ns = st.st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + st.st_mtim.tv_nsec;
}

static void calendar_free(gpointer data)
{
	struct conf_calendar *f = data;

	if (f->events)
		g_ptr_array_unref(f->events);
	holidays_unref(f->days);
	g_free(f->file);
	g_free(f->zone);
	g_free(f->wrong);
	g_free(f);
}

static struct conf_calendar *find(const struct conf *c, const char *file, const char *zone)
{
	for (guint i = 0; c && c->calendars && i < c->calendars->len; i++) {
		struct conf_calendar *f = c->calendars->pdata[i];

		if (strcmp(f->file, file) == 0 && strcmp(f->zone, zone) == 0)
			return f;
	}
	return NULL;
}

static struct conf_calendar *read_new(struct conf *c, const struct conf *before, const char *file, const char *zone)
{
	struct conf_calendar *f = g_new0(struct conf_calendar, 1);
	const struct conf_calendar *good = find(before, file, zone);
	g_autoptr(GError) err = NULL;
	int64_t now = clock_now();

	f->file = g_strdup(file);
	f->zone = g_strdup(zone);
	note_state(f);	/* first: what changes while it is read is seen later */
	f->events = calendar_read(file, zone, now - BEHIND_S, now + AHEAD_S, &err);
	if (!f->events)
		f->wrong = g_strdup(err->message);
	if (!f->events && good && good->events)
		f->events = g_ptr_array_ref(good->events);
	if (!c->calendars)
		c->calendars = g_ptr_array_new_with_free_func(calendar_free);
	g_ptr_array_add(c->calendars, f);
	return f;
}

const GPtrArray *conf_calendar_events(struct conf *c, const struct conf *before, const char *file, const char *zone,
				      struct conf_errors *e, int line)
{
	struct conf_calendar *f = find(c, file, zone);

	if (!f)
		f = read_new(c, before, file, zone);
	if (!f->events && c->lenient)
		f->events = g_ptr_array_new();
	if (!f->events && !f->told)
		conf_wrong(e, line, "%s; export it again, or leave it out", f->wrong);
	f->told = true;
	return f->events;
}

struct holidays *conf_calendar_holidays(struct conf *c, const struct conf *before, const char *file,
					struct conf_errors *e, int line)
{
	/* Days have no zone: in UTC each begins at its midnight. */
	const GPtrArray *events = conf_calendar_events(c, before, file, "UTC", e, line);
	struct conf_calendar *f = find(c, file, "UTC");
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(guint32));

	if (f->days)
		return holidays_ref(f->days);
	for (guint i = 0; events && i < events->len; i++) {
		const struct calendar_event *event = events->pdata[i];
		guint32 last = zone_wall_day(event->to - 1);

		for (guint32 day = zone_wall_day(event->from); day <= last && days->len < HOLIDAYS_MAX; day++)
			g_array_append_val(days, day);
	}
	if (!events)
		return NULL;
	f->days = holidays_new((const guint32 *)(void *)days->data, days->len);
	return holidays_ref(f->days);
}

bool conf_calendars_changed(const struct conf *c)
{
	if (!c->calendars)
		return false;
	for (guint i = 0; i < c->calendars->len; i++) {
		const struct conf_calendar *f = c->calendars->pdata[i];
		struct conf_calendar is = { .file = f->file };

		note_state(&is);
		if (is.inode != f->inode || is.size != f->size || is.changed_ns != f->changed_ns)
			return true;
	}
	/* what lies ahead is known for a time only */
	return clock_now() - c->read_at > DAY_S;
}

const char *conf_calendars_wrong(const struct conf *c)
{
	for (guint i = 0; c->calendars && i < c->calendars->len; i++)
		if (((const struct conf_calendar *)c->calendars->pdata[i])->wrong)
			return ((const struct conf_calendar *)c->calendars->pdata[i])->wrong;
	return NULL;
}
