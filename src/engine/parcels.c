#include "parcels.h"

#include <string.h>

#include "bundle.h"
#include "err.h"
#include "escalate.h"
#include "journal.h"
#include "morning.h"
#include "render.h"
#include "sms.h"
#include "text.h"

static const struct escalation_policy *policy_of(const struct roster *r, const char *id)
{
	for (guint k = 0; id && k < r->policies->len; k++) {
		const struct escalation_policy *p = g_ptr_array_index(r->policies, k);

		if (g_strcmp0(p->id, id) == 0)
			return p;
	}
	return NULL;
}

/* Who had the step before, and for how long. */
static void add_before(struct sms_facts *f, const struct roster *r, const struct item *i, const struct job *j)
{
	const struct escalation_policy *p = policy_of(r, i->policy);
	const struct step *before = p && j->step > 1 ? escalate_next(p, j->step - 2) : NULL;

	f->step = j->step;
	f->steps = p ? escalate_total(p) : j->step;
	f->before = !before ? "" : before->tell ? before->tell->name : before->schedule->name;
	f->waited_s = before ? before->wait_s : 0;
}

static bool is_telling(const struct journal_record *r)
{
	return strcmp(r->what, JOURNAL_TOLD) == 0 || strcmp(r->what, JOURNAL_ESCALATED) == 0 ||
	       strcmp(r->what, JOURNAL_OPENED) == 0;
}

/* Not everybody had their time: "Bob did not ack in 15m" would be a lie of Bob who passed it on, or was never texted.
 * The journal says what lies between this step's text and the one before. */
static bool add_ended(struct store_tx *tx, struct sms_facts *f, const struct roster *r, struct arena *a, GError **err)
{
	struct journal_record **records;
	const struct person *p;
	gsize n;

	if (!tx_journal(tx, f->item->id, a, &records, &n, err))
		return false;
	while (n > 0 && strcmp(records[n - 1]->what, JOURNAL_ESCALATED) != 0)
		n--;
	for (gsize k = n > 0 ? n - 1 : 0; k > 0 && !is_telling(records[k - 1]); k--) {
		const struct journal_record *one = records[k - 1];

		if (strcmp(one->what, JOURNAL_PASSED_ON) == 0) {
			p = roster_person(r, one->who);
			f->before = p ? p->name : "";
			f->ended = ENDED_PASSED_ON;
		} else if (strcmp(one->what, JOURNAL_NOT_DELIVERED) == 0 && !f->ended) {
			f->ended = ENDED_NOT_REACHED;
		} else if ((strcmp(one->what, JOURNAL_SKIPPED) == 0 || strcmp(one->what, JOURNAL_TIMED_OUT) == 0) &&
			   !f->ended) {
			f->before = "";
			f->ended = ENDED_SKIPPED;
		}
	}
	return true;
}

/* spare: letters that others will add. */
static struct sms_style style_of(struct arena *a, const struct roster *r, const struct job *j, const struct line *line,
				 int spare)
{
	struct sms_style s = sms_style(a, r, roster_person(r, j->person), line);

	s.septets -= spare;
	s.units = s.units ? s.units - spare : 0;
	return s;
}

static bool text_of(struct store_tx *tx, const struct conf *conf, const struct job *j, const struct item *i, int code,
		    int spare, struct arena *a, const char **text_r, GError **err)
{
	const struct roster *r = conf->roster;
	struct sms_facts f = {
		.topic = j->topic, .item = i, .line = roster_line_by_id(r, i->line), .code = code,
		.recording = i->class == CLASS_VOICEMAIL
	};
	const struct sms_style s = style_of(a, r, j, f.line, spare);
	const struct person *taker = i->acked_by ? roster_person(r, i->acked_by) : NULL;

	if (j->topic == TOPIC_LAST || j->topic == TOPIC_HANDOFF) {
		f.topic = TOPIC_ESCALATION;
		f.step = f.steps = MAX(j->topic == TOPIC_LAST ? j->step - 1 : j->step, 1);
		f.before = "";
		f.ended = ENDED_SKIPPED;
	} else if (j->topic == TOPIC_ESCALATION) {
		add_before(&f, r, i, j);
		if (!add_ended(tx, &f, r, a, err))
			return false;
	}
	if (j->topic == TOPIC_TAKEN)
		f.before = taker ? taker->name : i->acked_by;
	*text_r = sms_render(&s, &f);
	return true;
}

static const char *outdated(const struct job *j, const struct item *i)
{
	if (!i)
		return "its item is gone";
	if ((topic_is_step(j->topic) || j->topic == TOPIC_MAILED || j->topic == TOPIC_HANDOFF) && i->state != STATE_OPEN)
		return "its item is no longer open";
	if (j->topic == TOPIC_RETRY && i->state != STATE_ATTEMPTED)
		return "its item does not wait for another try";
	if (j->topic == TOPIC_REMINDER && !item_is_live(i))
		return "its item is closed";
	return NULL;
}

bool parcel_unwanted(struct store_tx *tx, const struct conf *conf, const struct job *j, struct arena *a,
		     const char **why_r, GError **err)
{
	const struct person *p = roster_person(conf->roster, j->person);
	const char *const *stopped;

	*why_r = NULL;
	if (!tx_phones_stopped(tx, a, &stopped, err))
		return false;
	if (stopped && g_strv_contains(stopped, j->to))
		*why_r = "they sent STOP";
	else if (!p || g_strcmp0(p->phone, j->to) != 0)
		*why_r = "the configuration has that phone no more";
	return true;
}

static struct parcel *parcel_new(struct arena *a, const struct job *j, const char *text, int64_t now)
{
	struct parcel *p = ARENA_NEW(a, struct parcel);

	p->job = j->id;
	p->to = arena_strdup(a, j->to);
	p->text = text;
	if (j->provider_id && *j->provider_id == '=') {
		p->parts = arena_strdup(a, j->provider_id);
		p->parts_at = arena_strdup(a, j->provider);
	}
	p->validity_s = j->expires ? MAX(j->expires - now, 1) : 0;
	return p;
}

/* The text of a step need not arrive after the step (product rule: validity_period ends with it). */
static int64_t step_wait(const struct conf *conf, const struct job *j, const struct item *i)
{
	const struct escalation_policy *p = policy_of(conf->roster, i->policy);
	const struct step *s = p && j->step > 0 ? escalate_next(p, j->step - 1) : NULL;

	return s && (j->topic == TOPIC_FIRST || j->topic == TOPIC_ESCALATION) ? s->wait_s : 0;
}

/* A text that is being made: the jobs that it is for, and their items with codes. */
struct making {
	struct store_tx *tx;
	const struct conf *conf;
	int64_t now;
	struct arena *a;
	int spare;		/* letters that are added to it */
	struct job **jobs;	/* those that it says, in the order of items */
	struct bundled *items;	/* each item once */
	gsize *ends;		/* items[k] is that of the jobs before ends[k] */
	gsize n_jobs, n_items;
};

static bool give_code(struct making *m, const struct job *j, const struct item *i, int *code_r, const char **why_not_r,
		      GError **err)
{
	g_autoptr(GError) own = NULL;

	if (tx_code_give(m->tx, j->to, i->id, m->now, m->conf->roster->rules.code_rest_s, code_r, &own))
		return true;
	if (!g_error_matches(own, ERR_DOMAIN, ERR_LIMIT)) {
		g_propagate_error(err, g_steal_pointer(&own));
		return false;
	}
	/* A text that cannot be answered by its code must not hold up all others. */
	*why_not_r = "this phone has too many open items: no code is free";
	return true;
}

static bool add_item(struct making *m, struct job *j, const char **why_not_r, GError **err)
{
	const struct line *line;
	struct item *i;
	int code = 0;

	*why_not_r = NULL;
	if (!tx_item(m->tx, j->item, m->a, &i, err))
		return false;
	*why_not_r = outdated(j, i);
	if (!*why_not_r && !give_code(m, j, i, &code, why_not_r, err))
		return false;
	if (*why_not_r)
		return true;
	line = roster_line_by_id(m->conf->roster, i->line);
	m->items[m->n_items++] = (struct bundled){ i, line ? line->name : i->line, code };
	m->jobs[m->n_jobs++] = j;
	return true;
}

/* Of the rest those that are about the item just added: one row, or one text, says it for all. */
static void add_same(struct making *m, struct job **group, gsize n)
{
	const int64_t item = m->items[m->n_items - 1].item->id;

	for (gsize k = 1; k < n; k++)
		if (group[k] && group[k]->item == item) {
			m->jobs[m->n_jobs++] = group[k];
			group[k] = NULL;
		}
	m->ends[m->n_items - 1] = m->n_jobs;
}

/* The first must be sendable; of the others, those that are. */
static bool add_items(struct making *m, struct job **group, gsize n, const char **why_not_r, GError **err)
{
	for (gsize k = 0; k < n; k++) {
		gsize before = m->n_items;
		const char *why_not;

		if (!group[k])
			continue;
		if (!add_item(m, group[k], &why_not, err))
			return false;
		if (m->n_items > before)
			add_same(m, group + k, n - k);
		else if (k == 0) {
			*why_not_r = why_not;
			return true;
		}
	}
	return true;
}

static bool compose(struct making *m, const char **text_r, GError **err)
{
	const struct line *line = roster_line_by_id(m->conf->roster, m->items[0].item->line);
	struct sms_style style;

	if (m->n_items == 1)
		return text_of(m->tx, m->conf, m->jobs[0], m->items[0].item, m->items[0].code, m->spare, m->a, text_r, err);
	style = style_of(m->a, m->conf->roster, m->jobs[0], line, m->spare);
	*text_r = bundle_render(m->a, m->items, m->n_items, line ? line->zone : "UTC", (gsize)style.septets, &m->n_items);
	m->n_jobs = m->ends[m->n_items - 1];
	return true;
}

static struct parcel *wrap(const struct making *m, const char *text)
{
	struct parcel *p = parcel_new(m->a, m->jobs[0], text, m->now);

	for (gsize k = 0; k < m->n_items && !m->jobs[0]->expires; k++) {
		int64_t wait = step_wait(m->conf, m->jobs[k ? m->ends[k - 1] : 0], m->items[k].item);

		if (wait && (!p->validity_s || wait < p->validity_s))
			p->validity_s = wait;
	}
	return p;
}

#define LAST_WORDS "\nLast text this month, then mail"

static bool make_text(struct making *m, struct job **group, gsize *n, bool last, struct parcel **p_r,
		      const char **why_not_r, GError **err)
{
	struct job **rest = arena_memdup(m->a, group, *n * sizeof(*group));
	const char *text;

	m->spare = last ? (int)strlen(LAST_WORDS) : 0;
	m->jobs = ARENA_NEW_N(m->a, struct job *, *n);
	m->items = ARENA_NEW_N(m->a, struct bundled, *n);
	m->ends = ARENA_NEW_N(m->a, gsize, *n);
	if (!add_items(m, rest, *n, why_not_r, err) || (m->n_items && !compose(m, &text, err)))
		return false;
	if (!m->n_items)
		return true;
	*p_r = wrap(m, last ? arena_printf(m->a, "%s" LAST_WORDS, text) : text);
	memcpy(group, m->jobs, m->n_jobs * sizeof(*group));
	*n = m->n_jobs;
	return true;
}

static bool make_list(struct store_tx *tx, const struct conf *conf, const struct job *j, int64_t now, struct arena *a,
		      struct parcel **p_r, const char **why_not_r, GError **err)
{
	const char *text;

	if (!morning_mail(tx, conf, j, now, a, &text, err))
		return false;
	if (text)
		*p_r = parcel_new(a, j, text, now);
	else
		*why_not_r = "nothing is stale any more";
	return true;
}

bool parcel_make(struct store_tx *tx, const struct conf *conf, struct job **group, gsize *n, bool last, int64_t now,
		 struct arena *a, struct parcel **p_r, const char **why_not_r, GError **err)
{
	struct making m = { .tx = tx, .conf = conf, .now = now, .a = a };
	const struct job *j = group[0];
	struct item *i = NULL;

	*p_r = NULL;
	if (j->kind == JOB_TEXT && !j->text)
		return make_text(&m, group, n, last, p_r, why_not_r, err);
	*n = 1;
	if (j->kind == JOB_TEXT) {
		*p_r = parcel_new(a, j, j->text, now);
		return true;
	}
	if (j->topic == TOPIC_STALE)
		return make_list(tx, conf, j, now, a, p_r, why_not_r, err);
	if (j->item && !tx_item(tx, j->item, a, &i, err))
		return false;
	*why_not_r = j->item ? outdated(j, i) : NULL;	/* a note may be about no item */
	if (!*why_not_r)
		*p_r = parcel_new(a, j, render_note(a, conf->roster, i, conf->mail_from, j->to, j->text, now, j->id), now);
	return true;
}

static bool worth_a_note(const struct conf *conf, const struct job *j)
{
	return j->item && j->person && conf->relay_host && *conf->relay_host &&
	       topic_tells(j->topic);
}

static bool is_escalated(const struct job *j)
{
	return topic_is_step(j->topic) && j->topic != TOPIC_FIRST;
}

static struct job *note_new(const struct conf *conf, const struct job *j, const struct line *line, int64_t now,
			    struct arena *a)
{
	const struct person *p = roster_person(conf->roster, j->person);
	struct job *note = ARENA_NEW(a, struct job);
	char at[40];

	text_time_zone(now, line->zone, at);
	*note = (struct job){ .item = j->item, .kind = JOB_MAIL, .topic = TOPIC_NOTE, .due = now, .created = now,
			      .updated = now, .to = line->audit };
	note->text = arena_printf(a, "Text sent to %s at %.5s%s%s", p ? p->name : j->person, at + 11,
				  is_escalated(j) ? ", escalated" : "",
				  j->possibly_twice ? " (possibly twice)" : "");
	return note;
}

bool parcel_note_sent(struct store_tx *tx, const struct conf *conf, const struct job *j, int64_t now, struct arena *a,
		      struct job **note_r, GError **err)
{
	const struct line *line;
	struct item *i;

	*note_r = NULL;
	if (!worth_a_note(conf, j))
		return true;
	if (!tx_item(tx, j->item, a, &i, err))
		return false;
	line = i ? roster_line_by_id(conf->roster, i->line) : NULL;
	if (line && (line->notes == NOTES_ALL || (line->notes == NOTES_MILESTONES && is_escalated(j))))
		*note_r = note_new(conf, j, line, now, a);
	return true;
}
