#include "calendar.h"

#include <libical/ical.h>
#include <stdlib.h>

struct calendar_event *calendar_event_new(int64_t from, int64_t to, const char *summary, const char *mail)
{
	struct calendar_event *e = g_new0(struct calendar_event, 1);

	e->from = from;
	e->to = to;
	e->summary = g_strdup(summary);
	e->mails = g_new0(char *, 2);
	e->mails[0] = g_strdup(mail);
	return e;
}

void calendar_event_free(gpointer event)
{
	struct calendar_event *e = event;

	g_free(e->summary);
	g_strfreev(e->mails);
	g_free(e);
}

static icaltimetype utc(int64_t at)
{
	return icaltime_from_timet_with_zone((time_t)at, 0, icaltimezone_get_utc_timezone());
}

static icalcomponent *event_component(const struct calendar_event *e, const char *name, int64_t at)
{
	g_autofree char *uid = g_strdup_printf("%s-%" G_GINT64_FORMAT "@ringback", name, e->from);
	icalcomponent *c = icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid),
					       icalproperty_new_dtstamp(utc(at)), icalproperty_new_dtstart(utc(e->from)),
					       icalproperty_new_dtend(utc(e->to)), icalproperty_new_summary(e->summary),
					       (void *)0);

	for (char **mail = e->mails; *mail; mail++) {
		g_autofree char *address = g_strconcat("mailto:", *mail, NULL);

		icalcomponent_add_property(c, icalproperty_new_attendee(address));
	}
	return c;
}

char *calendar_write(const GPtrArray *events, const char *name, int64_t at)
{
	icalproperty *title = icalproperty_new_x(name);
	icalcomponent *calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
						      icalproperty_new_prodid("-//ringback//on call//EN"), (void *)0);
	char *written, *text;

	icalproperty_set_x_name(title, "X-WR-CALNAME");
	icalcomponent_add_property(calendar, title);
	for (guint i = 0; i < events->len; i++)
		icalcomponent_add_component(calendar, event_component(events->pdata[i], name, at));
	written = icalcomponent_as_ical_string_r(calendar);
	text = g_strdup(written);
	free(written);
	icalcomponent_free(calendar);
	return text;
}
