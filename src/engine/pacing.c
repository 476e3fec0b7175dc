#include "pacing.h"

#include "journal.h"
#include "outbox_job.h"
#include "text.h"

struct look {
	struct store_tx *tx;
	const struct conf *conf;
	const struct job *job;
	int64_t now;
	struct arena *a;
	struct pacing *p;
	GError **err;
};

/* phone and line NULL: of any. */
static bool look_at(struct look *l, const struct pace *pace, const char *phone, const char *line, const char *name)
{
	const struct sent_filter f = {
		.phone = phone, .line = line, .since = l->now - pace->within_s + 1, .limit = pace->texts
	};
	int64_t oldest, next;
	gsize n;

	if (!tx_texts_sent(l->tx, &f, &n, &oldest, l->err))
		return false;
	next = pace_next(pace, n, oldest, l->now);
	if (next > l->p->until) {
		l->p->until = next;
		l->p->why = arena_printf(l->a, "%u per %dm for %s", pace->texts, (int)(pace->within_s / 60), name);
	}
	return true;
}

/* Without a relay there is no mail, and the escalation must go on. */
static bool look_at_budget(struct look *l, const struct line *line)
{
	const struct sent_filter f = {
		.line = line->id, .since = budget_month(l->now, line->zone), .limit = line->budget
	};
	int64_t oldest;
	gsize used;

	if (!tx_texts_sent(l->tx, &f, &used, &oldest, l->err))
		return false;
	l->p->rung = budget_rung(line->budget, used);
	if (l->p->rung == RUNG_MAIL && !*l->conf->relay_host)
		l->p->rung = RUNG_TEXT;
	return l->p->rung != RUNG_BUNDLE || look_at(l, &budget_pace, l->job->to, line->id, "this phone while texts are short");
}

static bool look_at_line(struct look *l)
{
	struct item *i = NULL;
	const struct line *line;

	if (l->job->item && !tx_item(l->tx, l->job->item, l->a, &i, l->err))
		return false;
	line = i ? roster_line_by_id(l->conf->roster, i->line) : NULL;
	return !line || (look_at(l, &line->throttle, NULL, line->id, line->name) && look_at_budget(l, line));
}

bool pacing_look(struct store_tx *tx, const struct conf *conf, const struct job *j, int64_t now, struct arena *a,
		 struct pacing *p_r, GError **err)
{
	const struct person *p = roster_person(conf->roster, j->person);
	struct look l = { tx, conf, j, now, a, p_r, err };

	*p_r = (struct pacing){ .until = now, .why = "" };
	if (!conf->roster->rules.paced)
		return true;
	if (p && !look_at(&l, &p->throttle, j->to, NULL, p->name ? p->name : p->id))
		return false;
	return look_at_line(&l);
}

bool pacing_hold(struct store_tx *tx, struct job *j, const struct pacing *p, int64_t now, struct arena *a, GError **err)
{
	char until[32];

	j->due = p->until;
	j->updated = now;
	j->error = arena_printf(a, "delayed by throttle: %s", p->why);
	return tx_job_update(tx, j, err) &&
	       job_journal(tx, j, JOURNAL_THROTTLED,
			   arena_printf(a, "%s text to %s delayed by throttle: %s, until %s", topic_name(j->topic), j->person,
					p->why, text_time(p->until, until)), now, err);
}

bool pacing_mail(struct store_tx *tx, const struct conf *conf, struct job *j, int64_t now, struct arena *a, GError **err)
{
	const struct person *p = roster_person(conf->roster, j->person);
	struct job mail = {
		.item = j->item, .kind = JOB_MAIL, .topic = TOPIC_MAILED, .due = now, .step = j->step, .created = now,
		.updated = now, .person = j->person, .to = p->mail,
		.text = arena_printf(a, "By mail, since the texts of this month are used up: please take %s-%" G_GINT64_FORMAT,
				     conf->roster->rules.item_prefix, j->item)
	};

	j->state = JOB_CANCELLED;
	j->error = "the line's texts of this month are used up: by mail";
	j->updated = now;
	return tx_job_update(tx, j, err) && tx_job_insert(tx, &mail, err) &&
	       job_journal(tx, j, JOURNAL_MAILED,
			   arena_printf(a, "the budget of the line is used up: %s text to %s by mail to %s",
					topic_name(j->topic), j->person, p->mail), now, err);
}
