/* Items as rows and records. */
#include "clock.h"
#include "command.h"
#include "phone.h"
#include "render.h"
#include "text.h"

static const char *const column_keys[] = {
	"id", "state", "class", "line", "caller", "name", "calls", "owner", "age", "due", NULL
};
static const int column_widths[] = { 8, 10, 9, 12, 17, 20, 5, 10, 6, 16 };

void items_columns(struct printer *out)
{
	printer_columns(out, column_keys, column_widths);
}

static const char *zone_of(const struct command_work *w, const struct item *i)
{
	const struct line *line = roster_line_by_id(w->conf->roster, i->line);

	return line ? line->zone : w->conf->timezone;
}

static const char *local_time(struct arena *a, int64_t at, const char *zone)
{
	g_autoptr(GTimeZone) tz = g_time_zone_new_identifier(zone);
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at);
	g_autoptr(GDateTime) local = tz && utc ? g_date_time_to_timezone(utc, tz) : NULL;
	g_autofree char *s = local ? g_date_time_format(local, "%Y-%m-%d %H:%M:%S") : NULL;
	char buf[32];

	return arena_strdup(a, s ? s : text_time(at, buf));
}

const char *items_time(struct command_work *w, struct printer *out, const struct item *i, int64_t at)
{
	char buf[32];

	if (!at)
		return NULL;
	return printer_json(out) ? arena_strdup(w->a, text_time(at, buf)) : local_time(w->a, at, zone_of(w, i));
}

static const char *age(struct arena *a, int64_t s)
{
	s = MAX(s, 0);
	if (s < 3600)
		return arena_printf(a, "%dm", (int)(s / 60));
	if (s < 2 * 86400)
		return arena_printf(a, "%dh%02dm", (int)(s / 3600), (int)(s / 60 % 60));
	return arena_printf(a, "%dd", (int)(s / 86400));
}

static const char *caller_of(struct command_work *w, const struct printer *out, const struct item *i)
{
	if (printer_json(out))
		return i->caller;
	if (i->caller)
		return phone_display(w->a, i->caller);
	return i->withheld ? "withheld" : i->caller_raw;
}

int64_t items_stale_since(const struct command_work *w, const struct item *i, int64_t now)
{
	const struct line *line = roster_line_by_id(w->conf->roster, i->line);

	return line ? item_stale_since(i, line->response.stale_after_s, now) : 0;
}

static const char *due_of(struct command_work *w, struct printer *out, const struct item *i)
{
	const char *due = items_time(w, out, i, i->due);

	const int64_t now = clock_now();

	if (!due || printer_json(out))
		return due;
	return arena_printf(w->a, "%s%s%s", due, item_overdue_since(i, now) ? " overdue" : "",
			    items_stale_since(w, i, now) ? " stale" : "");
}

static const char *id_of(struct command_work *w, const struct item *i)
{
	return render_item_id(w->a, w->conf->roster, i->id);
}

void items_row(struct command_work *w, struct printer *out, const struct item *i)
{
	if (printer_json(out)) {
		items_record(w, out, i);
		return;
	}
	printer_begin(out);
	printer_string(out, "id", id_of(w, i));
	printer_string(out, "state", state_name(i->state));
	printer_string(out, "class", class_name(i->class));
	printer_string(out, "line", i->line);
	printer_string(out, "caller", caller_of(w, out, i));
	printer_string(out, "name", text_line(w->a, i->caller_name, 20));
	printer_int(out, "calls", i->calls);
	printer_string(out, "owner", i->owner);
	printer_string(out, "age", age(w->a, clock_now() - i->created));
	printer_string(out, "due", due_of(w, out, i));
	printer_end(out);
}

static void print_call(struct command_work *w, struct printer *out, const struct item *i)
{
	printer_string(out, "caller", caller_of(w, out, i));
	if (printer_json(out))
		printer_string(out, "caller_raw", i->caller_raw);
	printer_string(out, "name", i->caller_name);
	printer_bool(out, "withheld", i->withheld);
	printer_string(out, "called", i->called);
	printer_int(out, "calls", i->calls);
	printer_string(out, "call_time", items_time(w, out, i, i->call_time));
	if (i->duration_s >= 0)
		printer_int(out, "duration_s", i->duration_s);
	else
		printer_string(out, "duration_s", NULL);
	printer_string(out, "transcript", i->transcript);
	printer_string(out, "call_id", i->call_id);
	printer_string(out, "profile", i->profile);
	printer_string(out, "source", i->source);
}

static void print_life(struct command_work *w, struct printer *out, const struct item *i)
{
	printer_string(out, "created", items_time(w, out, i, i->created));
	printer_string(out, "updated", items_time(w, out, i, i->updated));
	printer_string(out, "last_call", items_time(w, out, i, i->last_call));
	printer_string(out, "texted", items_time(w, out, i, i->texted));
	printer_string(out, "due", due_of(w, out, i));
	printer_string(out, "overdue_since", items_time(w, out, i, item_overdue_since(i, clock_now())));
	printer_string(out, "stale_since", items_time(w, out, i, items_stale_since(w, i, clock_now())));
	printer_string(out, "acked", items_time(w, out, i, i->acked));
	printer_string(out, "acked_by", i->acked_by);
	printer_int(out, "attempts", i->attempts);
	printer_string(out, "wake", items_time(w, out, i, i->wake));
	printer_string(out, "closed", items_time(w, out, i, i->closed));
	printer_string(out, "resolution", i->resolution == RESOLUTION_NONE ? NULL : resolution_name(i->resolution));
	printer_string(out, "policy", i->policy);
	printer_int(out, "step", i->step);
	printer_string(out, "thread_id", i->thread_id);
}

void items_record(struct command_work *w, struct printer *out, const struct item *i)
{
	printer_begin(out);
	if (printer_json(out))
		printer_string(out, "record", "item");
	printer_string(out, "id", id_of(w, i));
	printer_string(out, "state", state_name(i->state));
	printer_string(out, "class", class_name(i->class));
	printer_string(out, "reason", reason_name(i->reason));
	printer_string(out, "line", i->line);
	printer_string(out, "owner", i->owner);
	print_call(w, out, i);
	print_life(w, out, i);
	printer_end(out);
}
