/* Each check, with a file that fails it; and the property: what passes leaves no call without an owner or anybody to tell. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "conf.h"
#include "conf_files.h"
#include "decide.h"
#include "duty.h"
#include "escalate.h"
#include "zone.h"

#define DAY_S (24 * 60 * 60)
#define MONDAY_S G_GINT64_CONSTANT(1767571200)	/* 2026-01-05T00:00:00Z */

/* ---- one file for each check ---- */

#define BASE "sources = { sendmail } audit = calls@example.com\n"
#define ANNA "person anna { mail = anna@example.com phone = \"+447700900123\" }\n"
#define ALWAYS "schedule s { rotation { members = { anna } start = \"2025-12-01\" } }\n"

static const struct check_row {
	const char *name, *text;
	const char *want;	/* "error gap 4: nobody is on it"; NULL: nothing is found */
} check_rows[] = {
	{ "clean", BASE ANNA "policy p { step { tell = anna } }\nline main { owner = anna closed = p }\n", NULL },
	{ "clean-schedule", BASE ANNA ALWAYS "line main { owner = schedule:s fallback = anna }\n", NULL },
	{ "gap-before", BASE ANNA "schedule s { rotation { members = { anna } start = \"2026-01-10\" } }\n"
	  "line main { owner = schedule:s fallback = anna }\n", "error gap 3: schedule s: nobody is on it from 2026-01-05 00:00 to 2026-01-10 09:00" },
	{ "gap-again", BASE ANNA "schedule s { rotation { members = { anna } start = \"2025-12-01\" hours = \"Mo-Fr 08:00-18:00\" } }\n"
	  "line main { owner = schedule:s fallback = anna }\n", ", and 22 more times; add a rotation" },
	{ "gap-meant", BASE ANNA "schedule s { gaps = yes rotation { members = { anna } start = \"2026-01-10\" } }\n"
	  "line main { owner = schedule:s fallback = anna }\n", NULL },
	{ "phone", BASE ANNA "person bob { mail = b@example.com }\n"
	  "schedule s { rotation { members = { anna, bob } start = \"2025-12-01\" } }\n"
	  "policy p { step { tell = schedule:s } step { tell = anna } }\nline main { owner = anna closed = p }\n",
	  "error phone 5: policy p: step 1 texts who is on s, and bob has no phone" },
	{ "person-number", BASE "person anna { mail = anna@example.com phone = \"+4477009001\" }\nline main { owner = anna }\n",
	  "error number 2: person anna: there can be no number +4477009001" },
	{ "line-number", BASE ANNA "line main { owner = anna\nnumbers = { \"+120255501\" } }\n", "error number 3: line main: there can be no "
	  "number +120255501" },
	{ "caller-number", BASE ANNA "line main { owner = anna }\ncaller \"+120255501\" { }\n", "error number 4: caller +120255501: there can be no "
	  "number" },
	{ "away", BASE "person anna { mail = anna@example.com away = { \"2026-01-10\" } }\nline main { owner = anna }\n",
	  "error away 3: line main: from 2026-01-10 00:00 on its owner is away" },
	{ "away-with-substitute", BASE "person anna { mail = anna@example.com away = { \"2026-01-10\" } substitute = bob }\n"
	  "person bob { mail = b@example.com }\nline main { owner = anna }\n", NULL },
	{ "away-with-fallback", BASE "person anna { mail = anna@example.com away = { \"2026-01-10\" } }\n"
	  "person bob { mail = b@example.com away = { \"2026-01-11\" } }\nline main { owner = anna fallback = bob }\n", NULL },
	{ "away-later", BASE "person anna { mail = anna@example.com away = { \"2026-03-10\" } }\nline main { owner = anna }\n", NULL },
	{ "unreachable", BASE "person anna { mail = anna@example.com phone = \"+447700900123\" away = { \"2026-01-10\" } substitute = bob }\n"
	  "person bob { mail = b@example.com }\npolicy p { step { tell = anna } }\nline main { owner = anna closed = p }\n",
	  "error unreachable 5: line main: policy p ends at 2026-01-10 00:00 without anybody who can be reached" },
	{ "last-resort", BASE "person anna { mail = anna@example.com phone = \"+447700900123\" away = { \"2026-01-10\" } substitute = bob }\n"
	  "person bob { mail = b@example.com }\npolicy p { step { tell = anna } }\nline main { owner = anna closed = p last_resort = bob }\n",
	  NULL },
	{ "idle-person", BASE ANNA "person bob { mail = b@example.com }\nline main { owner = anna }\n", "advice idle 3: person bob: nothing "
	  "names it" },
	{ "idle-policy", BASE ANNA "policy p { step { tell = anna } }\nline main { owner = anna }\n", "advice idle 3: policy p: nothing names it" },
	{ "idle-schedule", BASE ANNA ALWAYS "line main { owner = anna }\n", "advice idle 3: schedule s: nothing names it" },
	{ "shadowed", BASE ANNA "line main { owner = anna }\nrule a { classes = { missed } mute = yes }\n"
	  "rule b { classes = { missed } lines = { main } spam = yes }\n", "error shadowed 5: rule b is never reached: rule a at line 4 takes" },
	{ "review", BASE ANNA "line main { owner = anna }\nrule a { classes = { missed } mute = yes reviewed = \"2025-10-06\" }\n",
	  "advice review 4: rule a: nobody reviewed it for 91 days" },
	{ "reviewed", BASE ANNA "line main { owner = anna }\nrule a { classes = { missed } mute = yes reviewed = \"2025-10-07\" }\n", NULL },
	{ "rule-policy", BASE ANNA "person bob { mail = b@example.com }\npolicy p { step { tell = anna } }\n"
	  "person eve { mail = e@example.com phone = \"+447700900125\" away = { \"2026-01-10\" } substitute = bob }\npolicy q { step { tell = eve } }\n"
	  "line main { owner = anna closed = p fallback = bob }\nrule a { classes = { missed } policy = q }\n",
	  "error unreachable 7: line main: policy q ends at 2026-01-10 00:00" },
	{ "unclaimed", BASE ANNA "line main { owner = anna }\ndefault_line = main\nline b { owner = anna }\n", "advice unclaimed 5: line b: no "
	  "call can lead to it" },
};

static void test_check(const void *data)
{
	const struct check_row *row = data;
	g_autofree char *file = write_file("check.conf", row->text, 0600);
	g_autoptr(GError) err = NULL;
	g_autoptr(GPtrArray) found = NULL;
	struct conf *c = conf_load(file, &err);
	AUTO_ARENA a = arena_new();

	g_assert_no_error(err);
	found = check_roster(c->roster, MONDAY_S, MONDAY_S + 30 * DAY_S, NULL, 0, a);
	for (guint i = 0; i < found->len; i++) {
		const struct finding *f = found->pdata[i];
		g_autofree char *said = g_strdup_printf("%s %s %d: %s", f->error ? "error" : "advice", f->check, f->place.line, f->text);

		g_test_message("%s", said);
		g_assert_cmpstr(f->place.file, ==, file);
		g_assert_nonnull(row->want);
		g_assert_nonnull(strstr(said, row->want));
	}
	g_assert_cmpuint(found->len, ==, row->want ? 1 : 0);
	conf_unref(c);
	g_unlink(file);
}

/* An override fills a gap, and may put somebody on who cannot be texted. */
static void test_overrides(void)
{
	g_autofree char *file = write_file("check.conf", BASE ANNA "person bob { mail = b@example.com }\n"
					   "schedule s { rotation { members = { anna } start = \"2026-01-06\" } }\n"
					   "policy p { step { tell = schedule:s } step { tell = anna } }\n"
					   "line main { owner = anna fallback = bob closed = p }\n", 0600);
	const struct override bob = { .schedule = "s", .person = "bob", .from = MONDAY_S, .to = MONDAY_S + 3 * DAY_S };
	struct conf *c = conf_load(file, NULL);
	AUTO_ARENA a = arena_new();
	g_autoptr(GPtrArray) without = check_roster(c->roster, MONDAY_S, MONDAY_S + 30 * DAY_S, NULL, 0, a);
	g_autoptr(GPtrArray) with = check_roster(c->roster, MONDAY_S, MONDAY_S + 30 * DAY_S, &bob, 1, a);

	g_assert_cmpuint(without->len, ==, 1);
	g_assert_cmpstr(((const struct finding *)without->pdata[0])->check, ==, "gap");
	g_assert_cmpuint(with->len, ==, 1);
	g_assert_cmpstr(((const struct finding *)with->pdata[0])->check, ==, "phone");
	conf_unref(c);
	g_unlink(file);
}

/* ---- the property ---- */

#define YEAR_S (365 * (int64_t)DAY_S)
#define PEOPLE_MAX 6

static const char *const zones[] = {
	"Pacific/Kiritimati", "Pacific/Honolulu", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"
};
static const char *const hours[] = {
	"Mo-Fr 08:30-17:30", "24/7", "off", "22:00-06:00", "week 53 Mo-Fr 09:00-17:00", "Feb 29 00:00-24:00; Sa 09:00-12:00"
};

static int pick(GRand *g, int n)
{
	return g_rand_int_range(g, 0, n);
}

static const struct person *anybody(GRand *g, const struct roster *r)
{
	return r->people->pdata[pick(g, (int)r->people->len)];
}

static void add_person(GRand *g, struct roster *r)
{
	struct person *p = g_new0(struct person, 1);

	p->id = g_strdup_printf("p%u", r->people->len);
	p->mail = g_strdup_printf("%s@example.com", p->id);
	p->phone = pick(g, 5) ? g_strdup_printf("+44770090010%u", r->people->len) : NULL;
	p->n_away = pick(g, 2) ? (guint)pick(g, 3) : 0;
	p->away = g_new0(struct shift, p->n_away);
	for (guint i = 0; i < p->n_away; i++) {
		p->away[i].from = MONDAY_S + pick(g, 360) * (int64_t)DAY_S + pick(g, DAY_S);
		p->away[i].to = p->away[i].from + 1 + pick(g, 20 * DAY_S);
	}
	/* one who was there before: no circles */
	p->substitute = r->people->len && pick(g, 2) ? anybody(g, r) : NULL;
	if (!pick(g, 4))
		p->quiet = hours_new("22:00-07:00", zones[pick(g, G_N_ELEMENTS(zones))], NULL);
	roster_add_person(r, p);
}

static void add_schedule(GRand *g, struct roster *r)
{
	struct schedule *s = schedule_new("s", "s", zones[pick(g, G_N_ELEMENTS(zones))]);

	for (int n = 1 + pick(g, 2); n > 0; n--) {
		struct rotation one = { .n_members = (guint)(1 + pick(g, 3)), .start_wall = MONDAY_S - 7 * DAY_S + pick(g, 8 * DAY_S),
					.length_s = (1 + pick(g, 20)) * (int64_t)43200 };

		one.members = g_new0(const struct person *, one.n_members);
		for (guint i = 0; i < one.n_members; i++)
			one.members[i] = anybody(g, r);
		schedule_add_rotation(s, &one);
	}
	s->gaps_meant = pick(g, 2);
	roster_add_schedule(r, s);
}

static struct escalation_policy *add_policy(GRand *g, struct roster *r, const char *id)
{
	struct escalation_policy *p = g_new0(struct escalation_policy, 1);

	p->id = g_strdup(id);
	p->n_steps = (guint)(1 + pick(g, 3));
	p->steps = g_new0(struct step, p->n_steps);
	for (guint i = 0; i < p->n_steps; i++) {
		p->steps[i].wait_s = 60 * (1 + pick(g, 30));
		if (pick(g, 2))
			p->steps[i].tell = anybody(g, r);
		else
			p->steps[i].schedule = r->schedules->pdata[0];
	}
	roster_add_policy(r, p);
	return p;
}

static struct roster *random_roster(GRand *g)
{
	struct roster *r = roster_new();
	struct line *l = g_new0(struct line, 1);

	for (int n = 1 + pick(g, PEOPLE_MAX); n > 0; n--)
		add_person(g, r);
	add_schedule(g, r);
	l->id = g_strdup("main");
	l->name = g_strdup("Main");
	l->audit = g_strdup("calls@example.com");
	l->zone = g_strdup(zones[pick(g, G_N_ELEMENTS(zones))]);
	l->hours = hours_new(hours[pick(g, G_N_ELEMENTS(hours))], l->zone, NULL);
	l->owner = anybody(g, r);
	l->fallback = pick(g, 2) ? anybody(g, r) : l->owner;
	l->schedule = pick(g, 2) ? r->schedules->pdata[0] : NULL;
	if (l->schedule)
		l->owner = l->fallback;
	l->closed = add_policy(g, r, "closed");
	l->open = pick(g, 2) ? add_policy(g, r, "open") : NULL;
	l->last_resort = pick(g, 4) ? NULL : anybody(g, r);
	l->callback_within_s = 3600;
	roster_add_line(r, l);
	g_assert_true(roster_add_key(r, l, "201"));
	r->default_line = l;
	r->rules = (struct rules){ .collect_window_s = 45, .update_interval_s = 900, .reopen_window_s = 14400, .ack_timeout_s = 3600,
				   .item_prefix = g_strdup("RB"), .domain = g_strdup("example.com") };
	return r;
}

static bool any_error(const GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++)
		if (((const struct finding *)findings->pdata[i])->error)
			return true;
	return false;
}

/* Not by the code under test alone: every chain of substitutes is walked here. */
static bool is_there(const struct person *p, int64_t at)
{
	for (guint i = 0; i < p->n_away; i++)
		if (at >= p->away[i].from && at < p->away[i].to)
			return false;
	return true;
}

static bool somebody_is_told(const struct roster *r, const struct line *l, const struct escalation_policy *p, int64_t at,
			     struct arena *a)
{
	for (guint i = 0; i < p->n_steps; i++) {
		const struct duty d = duty_step(&p->steps[i], l);
		const struct person *on = duty_of(r, NULL, 0, &d, at, a).person;

		if (on && on->phone && is_there(on, at))
			return true;
	}
	return l->last_resort && is_there(l->last_resort, at);
}

/* A call at some minute of the year. */
static void try_call(GRand *g, const struct roster *r, struct arena *a)
{
	const int64_t now = MONDAY_S + 60 * (int64_t)pick(g, (int)(YEAR_S / 60));
	const struct call call = { .profile = "x", .class = pick(g, 2) ? CLASS_MISSED : CLASS_VOICEMAIL, .caller = pick(g, 4) ? "+442079460123" : NULL,
				   .called = pick(g, 2) ? "201" : NULL, .time = now, .duration_s = -1, .transcript_confidence = -1 };
	const char *const rcpts[] = { "clinic@example.com", NULL };
	const struct event notice = { .kind = EVENT_NOTICE, .call = &call, .rcpts = rcpts, .message_id = "<a@example.com>" };
	const struct facts facts = { 0 };
	const struct decision *d = decide(r, &notice, &facts, now, a);
	const struct escalation_policy *p = escalate_policy(r->default_line, now);

	g_assert_nonnull(d->item);
	g_assert_nonnull(d->owner);
	g_assert_cmpstr(d->item->owner, ==, d->owner->id);
	g_assert_true(roster_person(r, d->item->owner) == d->owner);
	g_assert_true(is_there(d->owner, now));
	g_assert_true(!p || somebody_is_told(r, r->default_line, p, now, a));
}

static long wanted(void)
{
	const char *said = g_getenv("RINGBACK_PROPERTY_COUNT");

	return said ? strtol(said, NULL, 10) : 1000;
}

static void test_property(void)
{
	g_autoptr(GRand) g = g_rand_new_with_seed((guint32)g_test_rand_int());
	const long want = wanted();
	long passed = 0, tried = 0;

	for (; passed < want; tried++) {
		AUTO_ARENA a = arena_new();
		struct roster *r = random_roster(g);
		g_autoptr(GPtrArray) findings = check_roster(r, MONDAY_S, MONDAY_S + YEAR_S, NULL, 0, a);

		if (!any_error(findings)) {
			passed++;
			for (int i = 0; i < 10; i++)
				try_call(g, r, a);
		}
		roster_free(r);
		g_assert_cmpint(tried, <, 1000 * want);	/* or nothing ever passes */
	}
	g_test_message("%ld of %ld configurations passed the check", passed, tried);
	g_assert_cmpint(tried, >, passed);	/* or the check finds nothing */
}

int main(int argc, char **argv)
{
	int rc;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ringback-check-XXXXXX", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(check_rows); i++) {
		g_autofree char *path = g_strdup_printf("/check/row/%s", check_rows[i].name);

		g_test_add_data_func(path, &check_rows[i], test_check);
	}
	g_test_add_func("/check/overrides", test_overrides);
	g_test_add_func("/check/property", test_property);
	rc = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return rc;
}
