#include "decide_world.h"
#include "rule.h"

static struct person *person(struct roster *r, const char *id, const char *name, const char *phone)
{
	struct person *p = g_new0(struct person, 1);

	p->id = g_strdup(id);
	p->name = g_strdup(name);
	p->mail = g_strdup_printf("%s@example.com", id);
	p->phone = g_strdup(phone);
	roster_add_person(r, p);
	return p;
}

static struct escalation_policy *policy(struct roster *r, const char *id, const struct step *steps, guint n,
					guint repeat)
{
	struct escalation_policy *p = g_new0(struct escalation_policy, 1);

	p->id = g_strdup(id);
	p->steps = g_memdup2(steps, n * sizeof(*steps));
	p->n_steps = n;
	p->repeat = repeat;
	roster_add_policy(r, p);
	return p;
}

static struct line *line(struct roster *r, const char *key, const char *id, const struct person *owner,
			 const struct escalation_policy *closed)
{
	struct line *l = g_new0(struct line, 1);

	l->id = g_strdup(id);
	l->name = g_strdup(id);
	l->audit = g_strdup("calls@example.com");
	l->zone = g_strdup("Europe/London");
	l->hours = hours_new("Mo-Fr 08:30-17:30", l->zone, NULL);
	l->owner = owner;
	l->closed = closed;
	l->callback_within_s = 3600;
	roster_add_line(r, l);
	g_assert_true(roster_add_key(r, l, key));
	return l;
}

static struct rule *rule(struct roster *r, const char *id, const struct line *l, const char *caller)
{
	struct rule *rule = rule_new(id);

	rule->lines = g_new0(const struct line *, 1);
	rule->lines[rule->n_lines++] = l;
	if (caller) {
		rule->numbers = g_new0(char *, 2);
		rule->numbers[0] = g_strdup(caller);
	}
	rule_book_add(r->book, rule);
	return rule;
}

/* What is done with which calls on line 210. */
static void rules(struct roster *r, const struct line *l, const struct person *bob, const struct escalation_policy *day)
{
	struct rule *urgent = rule(r, "urgent", l, NULL);

	urgent->words = g_new0(char *, 2);
	urgent->words[0] = rule_words("fire");
	urgent->owner.person = bob;
	urgent->urgency_given = true;
	urgent->urgency = URGENCY_HIGH;
	urgent->policy = day;
	rule(r, "vip", l, "+442079460777")->owner.person = bob;
	rule(r, "hush", l, "+442079460666")->mute = true;
	rule(r, "junk", l, "+442079460555")->spam = true;
	rule(r, "mails", l, "+442079460444")->channels = CHANNEL_MAIL;
	rule(r, "texts", l, "+442079460333")->channels = CHANNEL_TEXT;
}

/* A line where somebody hears of it if nobody closes. Its owner, who manages it as well, has quiet hours. */
static void late(struct roster *r, const struct person *owner, const struct person *on_call)
{
	const struct step steps[] = { { on_call, NULL, 300 } };
	struct person *quentin = person(r, "quentin", "Quentin Quiet", NULL);
	struct line *l = line(r, "209", "promise", owner, NULL);

	quentin->quiet = hours_new("12:50-13:30", "Europe/London", NULL);
	l->response = (struct response){
		.remind_s = 900, .overdue = policy(r, "late", steps, 1, 0), .overdue_after_s = 600, .manager = quentin,
		.manager_after_s = 1200, .stale_after_s = 86400
	};
}

static void rotation(struct schedule *s, const struct person *p, const char *hours)
{
	struct rotation r = { .length_s = 7 * 86400, .n_members = 1 };

	r.members = g_memdup2(&p, sizeof(p));
	r.hours = hours ? hours_new(hours, "Europe/London", NULL) : NULL;
	schedule_add_rotation(s, &r);
}

/* Lines whose owner is looked for: 212 in turns, 213 by the caller's account, 214 who dealt with the caller last. */
static void owners(struct roster *r, const struct person *olga, const struct escalation_policy *night)
{
	struct schedule *team = schedule_new("team", "Team", "Europe/London");
	struct pool *pool = g_new0(struct pool, 1);
	const struct contact contact = { .number = "+442079460777", .owner = roster_person(r, "bob") };
	struct line *turns = line(r, "212", "turns", olga, night);

	rotation(team, roster_person(r, "anna"), NULL);
	rotation(team, roster_person(r, "bob"), NULL);
	rotation(team, roster_person(r, "carl"), "Mo 21:00-22:00");
	roster_add_schedule(r, team);
	pool->id = g_strdup("team");
	pool->schedule = team;
	g_ptr_array_add(r->pools, pool);
	turns->owner_by = OWNER_TURNS;
	turns->pool = pool;
	line(r, "213", "account", olga, night)->owner_by = OWNER_ACCOUNT;
	line(r, "214", "last", olga, night)->owner_by = OWNER_LAST;
	g_assert_true(directory_add(r->directory, &contact));
}

struct roster *decide_office(void)
{
	struct roster *r = roster_new();
	const struct person *anna = person(r, "anna", "Anna Smith", "+447700900001");
	const struct person *bob = person(r, "bob", "Bob Jones", "+447700900002");
	const struct person *carl = person(r, "carl", NULL, "+447700900003");
	const struct person *dora = person(r, "dora", "Dora Deaf", NULL), *olga = person(r, "olga", "Olga Owner", NULL);
	const struct step three[] = { { anna, NULL, 900 }, { bob, NULL, 600 }, { carl, NULL, 600 } };
	const struct step by_day[] = { { bob, NULL, 300 } };
	const struct step dora_first[] = { { dora, NULL, 900 }, { anna, NULL, 900 } };
	const struct step dora_only[] = { { dora, NULL, 900 } };
	const struct step anna_twice[] = { { anna, NULL, 60 }, { anna, NULL, 60 }, { bob, NULL, 60 } };
	const struct step anna_only[] = { { anna, NULL, 60 } };
	const struct escalation_policy *night = policy(r, "night", three, 3, 0), *day = policy(r, "day", by_day, 1, 0);

	struct line *strict;

	r->default_line = line(r, "100", "rest", olga, NULL);
	g_assert_true(roster_add_key(r, line(r, "201", "clinic", olga, night), "2010"));
	line(r, "202", "desk", olga, night)->open = day;
	line(r, "203", "lonely", olga, policy(r, "lonely", dora_first, 2, 0));
	line(r, "204", "deaf", olga, policy(r, "deaf", dora_only, 1, 100));
	line(r, "205", "twice", olga, policy(r, "twice", anna_twice, 3, 0));
	line(r, "206", "again", olga, policy(r, "again", anna_only, 1, 1));
	line(r, "207", "audit", olga, night)->collapse = COLLAPSE_AUDIT;
	line(r, "208", "pass", olga, night)->collapse = COLLAPSE_PASS;
	strict = line(r, "211", "strict", olga, night);
	strict->missed = 1u << REASON_NO_ANSWER | 1u << REASON_ABANDONED;
	strict->abandoned_after_s = 10;
	owners(r, olga, night);
	rules(r, line(r, "210", "ruled", olga, night), bob, day);
	late(r, olga, bob);
	r->rules = (struct rules){
		.collect_window_s = 45, .withheld_window_s = 90, .update_interval_s = 900, .reopen_window_s = 14400,
		.ack_timeout_s = 3600, .code_rest_s = 72 * 3600, .snooze_s = 1800, .item_prefix = g_strdup("RB"),
		.domain = g_strdup("example.com")
	};
	return r;
}
