#include "decide_private.h"

#include <string.h>

#include "text.h"

const char *const journal_words[] = {
	JOURNAL_CREATED, JOURNAL_COPIED, JOURNAL_JOINED, JOURNAL_SEEN_AGAIN, JOURNAL_SUPPRESSED, JOURNAL_REOPENED, JOURNAL_RAISED, JOURNAL_MUTED, JOURNAL_UNMUTED, JOURNAL_RULED,
	JOURNAL_COLLECTING, JOURNAL_OPENED, JOURNAL_TOLD, JOURNAL_ESCALATED, JOURNAL_UPDATED, JOURNAL_SKIPPED,
	JOURNAL_EXHAUSTED, JOURNAL_LAST_RESORT, JOURNAL_MAILED, JOURNAL_TIMED_OUT, JOURNAL_REMINDED, JOURNAL_OVERDUE, JOURNAL_MANAGER, JOURNAL_STALE,
	JOURNAL_DELIVERED, JOURNAL_NOT_DELIVERED, JOURNAL_REPLIED, JOURNAL_REFUSED, JOURNAL_UNCLEAR, JOURNAL_NOTED,
	JOURNAL_UNKNOWN_SENDER, JOURNAL_ACKNOWLEDGED, JOURNAL_TRIED, JOURNAL_PASSED_ON, JOURNAL_CLOSED,
	JOURNAL_ASSIGNED, JOURNAL_SNOOZED, JOURNAL_WOKEN, JOURNAL_STOPPED, JOURNAL_STARTED, JOURNAL_OVERRIDDEN,
	JOURNAL_OVERRIDE_REMOVED, JOURNAL_SENT, JOURNAL_PUT_OFF, JOURNAL_THROTTLED, JOURNAL_HANDED_OVER, JOURNAL_RESENT, JOURNAL_EXPIRED,
	JOURNAL_POSSIBLY_TWICE, JOURNAL_FORGOTTEN, NULL
};

void think_why(struct think *t, const char *format, ...)
{
	va_list ap;

	if (t->why->len)
		g_string_append(t->why, "; ");
	va_start(ap, format);
	g_string_append_vprintf(t->why, format, ap);
	va_end(ap);
}

struct item *think_item(struct think *t, const struct item *from)
{
	struct item *i = item_copy(t->a, from);

	i->updated = t->now;
	if (t->d->item)
		g_ptr_array_add(t->d->more, i);
	else
		t->d->item = i;
	return i;
}

void think_journal(struct think *t, const struct item *i, const char *what, const char *who, const char *how,
		   const char *format, ...)
{
	struct journal_record *record = ARENA_NEW(t->a, struct journal_record);
	g_autofree char *why = NULL;
	va_list ap;

	va_start(ap, format);
	why = g_strdup_vprintf(format, ap);
	va_end(ap);
	*record = (struct journal_record){
		.item = i ? i->id : DECIDE_NO_ITEM, .at = t->now, .who = arena_strdup(t->a, who),
		.what = what, .how = how, .why = text_line(t->a, why, 500)
	};
	g_ptr_array_add(t->d->journal, record);
}

struct job *think_job(struct think *t, const struct item *i, enum job_kind kind, enum job_topic topic, int64_t due)
{
	struct job *j = ARENA_NEW(t->a, struct job);

	*j = (struct job){
		.item = i ? i->id : DECIDE_NO_ITEM, .kind = kind, .topic = topic, .state = JOB_WAITING, .due = due,
		.step = i ? i->step : 0, .created = t->now, .updated = t->now
	};
	g_ptr_array_add(t->d->jobs, j);
	return j;
}

/* Does the line want to hear of such things? */
static bool is_wanted(const struct line *line, enum note_level level)
{
	static const enum note_level least[] = {
		[NOTES_ALL] = NOTE_DETAIL, [NOTES_MILESTONES] = NOTE_MILESTONE, [NOTES_CLOSE] = NOTE_END
	};

	return line && level >= least[line->notes];
}

void think_note_at(struct think *t, const struct item *i, enum note_level level, const char *format, ...)
{
	const struct line *line = roster_line_by_id(t->r, i->line);
	g_autofree char *text = NULL;
	struct job *j;
	va_list ap;

	if (!is_wanted(line, level))
		return;
	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	j = think_job(t, i, JOB_MAIL, TOPIC_NOTE, t->now);
	j->to = line->audit;
	j->text = text_line(t->a, text, 500);
}

void think_note_to(struct think *t, const char *audit, const char *words)
{
	struct job *j = think_job(t, NULL, JOB_MAIL, TOPIC_NOTE, t->now);

	j->to = audit;
	j->text = text_line(t->a, words, 500);
}

bool think_texts(const struct think *t, const struct person *p)
{
	if (!p->phone)
		return false;
	if (g_strcmp0(t->d->stop_phone, p->phone) == 0)
		return t->d->stop_at == 0;
	return !t->f->stopped || !g_strv_contains(t->f->stopped, p->phone);
}

const char *think_name(const struct think *t, const char *person)
{
	const struct person *p = roster_person(t->r, person);

	if (p)
		return p->name ? p->name : p->id;
	return person ? person : "nobody";
}

struct on_duty think_duty(const struct think *t, const struct duty *duty)
{
	return duty_of(t->r, t->f->overrides, t->f->n_overrides, duty, t->now, t->a);
}

const char *think_zone(const struct think *t, const struct item *i)
{
	const struct line *line = roster_line_by_id(t->r, i->line);

	return line ? line->zone : "UTC";
}

const char *think_clock(const struct think *t, const struct item *i, int64_t at)
{
	char buf[40] = "";

	text_time_zone(at, think_zone(t, i), buf);
	/* 2026-03-02T21:58:00+01:00, or "-" for a time that no calendar has */
	return strlen(buf) < 16 ? "-" : arena_strndup(t->a, buf + 11, 5);
}

const char *think_when(const struct think *t, const struct item *i, int64_t at)
{
	char then[40] = "", now[40] = "";

	text_time_zone(at, think_zone(t, i), then);
	text_time_zone(t->now, think_zone(t, i), now);
	if (strncmp(then, now, 10) == 0)
		return think_clock(t, i, at);
	return arena_printf(t->a, "%.10s %s", then, think_clock(t, i, at));
}

static GPtrArray *list_new(struct arena *a)
{
	GPtrArray *list = g_ptr_array_new();

	arena_own(a, list, (GDestroyNotify)g_ptr_array_unref);
	return list;
}

static void think_over(struct think *t)
{
	switch (t->e->kind) {
	case EVENT_NOTICE:
		decide_notice(t);
		break;
	case EVENT_REPLY:
		decide_reply(t);
		break;
	case EVENT_RECEIPT:
		decide_receipt(t);
		break;
	case EVENT_TIMER:
		decide_timer(t);
		break;
	case EVENT_MAIL:
		decide_mail(t);
		break;
	case EVENT_HANDOFF:
		decide_handoff(t);
		break;
	case EVENT_COMMAND:
		decide_command(t);
		break;
	}
}

/* Line and owner of the item as it is now, for those who carry the decision out. */
static void name_people(struct think *t)
{
	struct decision *d = t->d;

	if (!d->item)
		return;
	if (!d->line)
		d->line = roster_line_by_id(t->r, d->item->line);
	d->owner = roster_person(t->r, d->item->owner);
	think_why(t, "%s", state_name(d->item->state));
	if (d->item->owner)
		think_why(t, "owner %s%s%s", d->item->owner, t->own ? ", " : "", t->own ? t->own : "");
}

struct decision *decide(const struct roster *r, const struct event *e, const struct facts *f, int64_t now,
			struct arena *a)
{
	g_autoptr(GString) why = g_string_new(NULL);
	struct think t = { .r = r, .e = e, .f = f, .now = now, .a = a, .why = why };

	t.d = ARENA_NEW(a, struct decision);
	t.d->jobs = list_new(a);
	t.d->journal = list_new(a);
	t.d->more = list_new(a);
	think_over(&t);
	name_people(&t);
	t.d->why = text_line(a, why->str, 1000);
	return t.d;
}
