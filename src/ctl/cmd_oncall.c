/* ringback oncall: who is on call, what is not covered, and who is instead. */
#include <getopt.h>
#include <string.h>
#include <sysexits.h>

#include "calendar.h"
#include "clock.h"
#include "command.h"
#include "duty.h"
#include "err.h"
#include "journal.h"
#include "text.h"

#define DAY_S (24 * 60 * 60)
#define DAYS_MAX 366
#define BEHIND_S (400 * (int64_t)DAY_S)

struct asked {
	const char *schedule;	/* NULL: all */
	const char *at, *from, *to, *person, *remove;
	int64_t days;
	bool gaps, ical;
};

struct oncall {
	struct command_work *w;
	struct printer *out;
	const struct asked *asked;
	struct override *overrides;
	gsize n_overrides;
	int64_t at, since;
};

static bool think_overrides(struct store_tx *tx, void *user, GError **err)
{
	struct oncall *o = user;

	return tx_overrides(tx, o->since, o->w->a, &o->overrides, &o->n_overrides, err);
}

static int no_time(const char *option, const char *text)
{
	return command_fail(EX_USAGE, "%s %s: no such time; write one like \"2026-12-24 18:00\"", option, text ? text : "");
}

static const char *time_text(const struct oncall *o, const struct schedule *s, int64_t at)
{
	char buf[40];

	if (printer_json(o->out))
		return arena_strdup(o->w->a, text_time(at, buf));
	text_time_zone(at, s->zone, buf);
	buf[16] = '\0';		/* 2026-03-02T21:52 */
	buf[10] = ' ';
	return arena_strdup(o->w->a, buf);
}

static int no_schedule(const struct command_work *w, const char *id)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < w->conf->roster->schedules->len && i < 20; i++)
		g_string_append_printf(all, "%s%s", i ? ", " : "", ((struct schedule *)w->conf->roster->schedules->pdata[i])->id);
	return command_fail(EX_USAGE, "no such schedule '%s'; schedules: %s", id, all->len ? all->str : "none");
}

/* ---- who is ---- */

static void print_shift(const struct oncall *o, const struct schedule *s, const struct shift *shift)
{
	const struct duty duty = { .person = shift->person };
	struct on_duty on = { NULL, "nobody" };

	if (shift->person)
		on = duty_of(o->w->conf->roster, NULL, 0, &duty, MAX(shift->from, o->at), o->w->a);
	printer_begin(o->out);
	printer_string(o->out, "schedule", s->id);
	printer_string(o->out, "from", time_text(o, s, shift->from));
	printer_string(o->out, "to", time_text(o, s, shift->to));
	printer_string(o->out, "person", on.person ? on.person->id : NULL);
	printer_string(o->out, "why", on.why);
	printer_end(o->out);
}

static GArray *shifts_of(const struct oncall *o, const struct schedule *s)
{
	gsize n;
	const struct shift *instead = duty_overrides(o->w->conf->roster, s->id, o->overrides, o->n_overrides, o->w->a, &n);

	return schedule_shifts(s, instead, n, o->at, o->at + o->asked->days * DAY_S);
}

/* Gives how many gaps there are. Without --days only the shift of now is printed. */
static guint print_schedule(const struct oncall *o, const struct schedule *s, bool all)
{
	g_autoptr(GArray) shifts = shifts_of(o, s);
	guint gaps = 0;

	for (guint i = 0; i < shifts->len; i++) {
		const struct shift *shift = &g_array_index(shifts, struct shift, i);

		gaps += !shift->person;
		if (o->asked->gaps ? !shift->person : all || i == 0)
			print_shift(o, s, shift);
	}
	return gaps;
}

static void print_ical(const struct oncall *o, const struct schedule *s)
{
	g_autoptr(GArray) shifts = shifts_of(o, s);
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(calendar_event_free);
	g_autofree char *text = NULL;

	for (guint i = 0; i < shifts->len; i++) {
		const struct shift *shift = &g_array_index(shifts, struct shift, i);
		const struct person *p = shift->person;

		if (p)
			g_ptr_array_add(events, calendar_event_new(shift->from, shift->to, p->name ? p->name : p->id, p->mail));
	}
	text = calendar_write(events, s->id, clock_now());
	fputs(text, stdout);
}

static const struct schedule *only_one(const struct oncall *o)
{
	const GPtrArray *all = o->w->conf->roster->schedules;

	if (o->asked->schedule)
		return roster_schedule(o->w->conf->roster, o->asked->schedule);
	return all->len == 1 ? all->pdata[0] : NULL;
}

static int show(struct oncall *o, bool all)
{
	static const char *const keys[] = { "schedule", "from", "to", "person", "why", NULL };
	static const int widths[] = { 20, 16, 16, 12, 40 };
	const GPtrArray *schedules = o->w->conf->roster->schedules;
	guint gaps = 0;

	if (o->asked->ical) {
		if (!only_one(o))
			return command_fail(EX_USAGE, "--ical writes one schedule; name it");
		print_ical(o, only_one(o));
		return EX_OK;
	}
	printer_columns(o->out, keys, widths);
	for (guint i = 0; i < schedules->len; i++) {
		const struct schedule *s = schedules->pdata[i];

		if (!o->asked->schedule || strcmp(s->id, o->asked->schedule) == 0)
			gaps += print_schedule(o, s, all);
	}
	return o->asked->gaps && gaps ? EX_DATAERR : EX_OK;
}

/* ---- who is instead ---- */

static void print_override(const struct oncall *o, const struct override *one)
{
	const struct schedule *s = roster_schedule(o->w->conf->roster, one->schedule);
	const struct schedule none = { .zone = o->w->conf->timezone };

	printer_begin(o->out);
	printer_int(o->out, "id", one->id);
	printer_string(o->out, "schedule", one->schedule);
	printer_string(o->out, "from", time_text(o, s ? s : &none, one->from));
	printer_string(o->out, "to", time_text(o, s ? s : &none, one->to));
	printer_string(o->out, "person", one->person);
	printer_string(o->out, "by", one->by);
	printer_end(o->out);
}

struct change {
	struct override override;	/* id: of the one to be removed; 0: to be added */
	bool found;
	struct journal_record record;
};

static bool think_change(struct store_tx *tx, void *user, GError **err)
{
	struct change *c = user;

	if (c->override.from < c->override.to) {
		c->override.id = 0;
		c->found = true;
		if (!tx_override_insert(tx, &c->override, err))
			return false;
	} else if (!tx_override_remove(tx, c->override.id, &c->found, err)) {
		return false;
	}
	return !c->found || tx_journal_add(tx, &c->record, err);
}

static int change(struct oncall *o, struct change *c, const char *what, const char *why)
{
	g_autoptr(GError) err = NULL;

	c->record = (struct journal_record){ .at = clock_now(), .who = "operator", .what = what, .how = "cli", .why = why };
	if (store_run(o->w->store, think_change, c, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	return EX_OK;
}

static int remove_override(struct oncall *o)
{
	struct change c = { 0 };
	const char *why;
	int code;

	if (!text_to_long(o->asked->remove, 1, INT64_MAX, &c.override.id))
		return command_fail(EX_USAGE, "--remove %s: no number; `ringback oncall override` lists them", o->asked->remove);
	why = arena_printf(o->w->a, "override %" G_GINT64_FORMAT, c.override.id);
	code = change(o, &c, JOURNAL_OVERRIDE_REMOVED, why);
	if (!code && !c.found)
		return command_fail(EX_DATAERR, "there is no override %s", o->asked->remove);
	return code;
}

static int add_override(struct oncall *o, const struct schedule *s)
{
	struct change c = { .override = { .schedule = s->id, .person = o->asked->person, .created = clock_now(),
					  .by = "operator" } };
	const char *from = o->asked->from ? o->asked->from : "now", *why;
	int code;

	if (!roster_person(o->w->conf->roster, o->asked->person))
		return command_no_person(o->w, o->asked->person);
	if (!command_time(from, s->zone, &c.override.from))
		return no_time("--from", from);
	if (!o->asked->to || !command_time(o->asked->to, s->zone, &c.override.to))
		return no_time("--to", o->asked->to);
	if (c.override.to <= c.override.from || c.override.to <= clock_now())
		return command_fail(EX_USAGE, "--to %s is before it begins, or over", o->asked->to);
	why = arena_printf(o->w->a, "%s is on %s from %s to %s", o->asked->person, s->id,
			   time_text(o, s, c.override.from), time_text(o, s, c.override.to));
	code = change(o, &c, JOURNAL_OVERRIDDEN, why);
	if (!code)
		print_override(o, &c.override);
	return code;
}

static int list_overrides(struct oncall *o)
{
	static const char *const keys[] = { "id", "schedule", "from", "to", "person", "by", NULL };
	static const int widths[] = { 6, 20, 16, 16, 12, 12 };

	printer_columns(o->out, keys, widths);
	for (gsize i = 0; i < o->n_overrides; i++)
		if (!o->asked->schedule || strcmp(o->asked->schedule, o->overrides[i].schedule) == 0)
			print_override(o, &o->overrides[i]);
	return EX_OK;
}

static int override(struct oncall *o)
{
	if (o->asked->remove)
		return remove_override(o);
	if (!o->asked->person)
		return o->asked->from || o->asked->to ? command_usage(&cmd_oncall) : list_overrides(o);
	if (!o->asked->schedule)
		return command_usage(&cmd_oncall);
	return add_override(o, roster_schedule(o->w->conf->roster, o->asked->schedule));
}

/* ---- the command ---- */

static bool read_options(struct asked *k, int argc, char **argv)
{
	static const struct option table[] = {
		{ "at", required_argument, NULL, 'a' }, { "days", required_argument, NULL, 'd' },
		{ "gaps", no_argument, NULL, 'g' }, { "ical", no_argument, NULL, 'i' },
		{ "person", required_argument, NULL, 'p' }, { "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' }, { "remove", required_argument, NULL, 'r' }, { NULL, 0, NULL, 0 }
	};
	const char **texts[128] = { ['a'] = &k->at, ['p'] = &k->person, ['f'] = &k->from, ['t'] = &k->to, ['r'] = &k->remove };
	int o;

	optind = 0;
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (o == 'g')
			k->gaps = true;
		else if (o == 'i')
			k->ical = true;
		else if (o == 'd' && text_to_long(optarg, 1, DAYS_MAX, &k->days))
			continue;
		else if (o < 128 && texts[o])
			*texts[o] = optarg;
		else
			return false;
	}
	return true;
}

static int open_work(struct command_env *env, struct command_work *w, bool store)
{
	g_autoptr(GError) err = NULL;
	int code = store ? command_open(env, w) : command_load(env, w);

	if (code || w->store || !g_file_test(w->conf->store, G_FILE_TEST_EXISTS))
		return code;	/* who asks before the first start has no overrides */
	w->store = store_sqlite_open(w->conf->store, &err);
	return w->store ? EX_OK : command_fail(EX_TEMPFAIL, "%s", err->message);
}

static int prepare(struct oncall *o, bool instead)
{
	const struct asked *k = o->asked;
	const struct schedule *s = k->schedule ? roster_schedule(o->w->conf->roster, k->schedule) : NULL;
	g_autoptr(GError) err = NULL;

	if (k->schedule && !s)
		return no_schedule(o->w, k->schedule);
	o->at = clock_now();
	if (k->at && !command_time(k->at, s ? s->zone : o->w->conf->timezone, &o->at))
		return no_time("--at", k->at);
	o->since = instead ? o->at : o->at - BEHIND_S;
	if (o->w->store && store_read(o->w->store, think_overrides, o, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	return EX_OK;
}

static int run_oncall(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	struct asked k = { 0 };
	struct oncall o = { .w = &w, .out = env->out, .asked = &k };
	bool instead, all;
	int code;

	if (!read_options(&k, argc, argv))
		return command_usage(&cmd_oncall);
	instead = optind < argc && strcmp(argv[optind], "override") == 0;
	optind += instead;
	if (argc - optind > 1 || (!instead && (k.person || k.from || k.to || k.remove)))
		return command_usage(&cmd_oncall);
	k.schedule = argv[optind];
	all = k.days > 0;
	k.days = all ? k.days : 30;
	code = open_work(env, &w, instead);
	if (!code)
		code = prepare(&o, instead);
	if (!code)
		code = instead ? override(&o) : show(&o, all);
	command_end(&w);
	return code;
}

const struct command_def cmd_oncall = {
	.name = "oncall",
	.arguments = "[--json] [--at TIME] [--days N] [--gaps] [--ical] [SCHEDULE]\n"
		     "       ringback oncall override [SCHEDULE --person PERSON [--from TIME] --to TIME | --remove ID]",
	.help = "who is on call, what is not covered, and who is instead",
	.run = run_oncall,
	.details = "  --at TIME    then, not now: \"2026-12-24 18:00\" by the schedule's clock, or RFC 3339\n"
		   "  --days N     all shifts of so many days, 1 to 366\n"
		   "  --gaps       only when nobody is, of 30 days or those of --days; ends with 65 if there are any\n"
		   "  --ical       as an iCalendar file, 30 days or those of --days\n"
		   "override puts somebody on a schedule, at once; alone it lists those that are not over.\n"
		   "  --person PERSON  who\n"
		   "  --from TIME      when it begins; else now\n"
		   "  --to TIME        when it ends\n"
		   "  --remove ID      takes it back\n",
};
