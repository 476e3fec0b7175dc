/* ringback sms: the texts that wait or went, a text for trying. */
#include <string.h>
#include <sysexits.h>

#include "clock.h"
#include "cmd_sms.h"
#include "control.h"
#include "err.h"
#include "journal.h"
#include "outbox_job.h"
#include "parts.h"
#include "sms.h"
#include "text.h"

#define QUEUE_MAX 1000
#define TEST_WAIT_S 30
#define TEST_TURN_US 100000

struct sms {
	struct command_env *env;
	struct command_work w;
	const char *word;	/* a job's number, a person or an item */
	int64_t id;		/* of the job */
	struct job *job;
	struct job **jobs;
	gsize n_jobs;
	enum job_state state;
	const char *why_not;
};

/* ---- the queue ---- */

static bool think_state(struct store_tx *tx, void *user, GError **err)
{
	struct sms *s = user;

	return tx_jobs_in_state(tx, s->state, JOB_TEXT, QUEUE_MAX, s->w.a, &s->jobs, &s->n_jobs, err);
}

static void print_job(const struct sms *s, const struct job *j)
{
	struct printer *out = s->env->out;
	char due[40];

	printer_begin(out);
	printer_int(out, "id", j->id);
	printer_string(out, "state", job_state_name(j->state));
	printer_string(out, "due", printer_json(out) ? text_time(j->due, due) :
						       text_time_zone(j->due, s->w.conf->timezone, due));
	printer_string(out, "topic", topic_name(j->topic));
	printer_string(out, "item", j->item ? arena_printf(s->w.a, "RB-%" G_GINT64_FORMAT, j->item) : NULL);
	printer_string(out, "person", j->person);
	printer_int(out, "tries", j->tries);
	printer_string(out, "provider", j->provider);
	printer_string(out, "error", j->error);
	printer_end(out);
}

/* What is on its way: waiting for its time or for a provider, handed over, and sent without a receipt yet. */
static int run_queue(struct sms *s)
{
	static const char *const keys[] = { "id", "state", "due", "topic", "item", "person", "tries", "provider", "error",
					    NULL };
	static const int widths[] = { 7, 9, 25, 11, 9, 12, 5, 12, 0 };
	static const enum job_state states[] = { JOB_SENDING, JOB_WAITING, JOB_SENT };
	g_autoptr(GError) err = NULL;

	printer_columns(s->env->out, keys, widths);
	for (gsize k = 0; k < G_N_ELEMENTS(states); k++) {
		s->state = states[k];
		if (store_read(s->w.store, think_state, s, &err) != STORE_DONE)
			return command_fail(EX_TEMPFAIL, "%s", err->message);
		for (gsize i = 0; i < s->n_jobs; i++)
			print_job(s, s->jobs[i]);
		if (s->n_jobs == QUEUE_MAX)
			printer_line(s->env->out, "(the first %d)", QUEUE_MAX);
	}
	return EX_OK;
}

/* ---- one text ---- */

static bool think_job(struct store_tx *tx, void *user, GError **err)
{
	struct sms *s = user;

	return tx_job(tx, s->id, s->w.a, &s->job, err);
}

static int find_job(struct sms *s)
{
	g_autoptr(GError) err = NULL;

	if (!text_to_long(s->word, 1, G_MAXINT64, &s->id))
		return command_fail(EX_USAGE, "'%s' is no number of a text; ringback sms queue shows them", s->word);
	if (store_read(s->w.store, think_job, s, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	if (!s->job || s->job->kind != JOB_TEXT)
		return command_fail(EX_DATAERR, "there is no text %s; ringback sms queue shows them", s->word);
	return EX_OK;
}

/* "delivered 77, sent 78, queued" */
static void print_parts(const struct sms *s)
{
	const struct parts p = parts_read(s->w.a, s->job->provider_id);
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = 0; i < p.n; i++)
		g_string_append_printf(line, "%s%s%s%s", i ? ", " : "", part_state_name(p.part[i].state),
				       *p.part[i].id ? " " : "", p.part[i].id);
	printer_string(s->env->out, "parts", line->str);
}

/* As a part's state, for the text as a whole. */
static const char *delivery(const struct sms *s)
{
	switch ((int)s->job->state) {
	case JOB_WAITING:
	case JOB_SENDING:
		return part_state_name(s->job->possibly_twice ? PART_UNKNOWN : PART_QUEUED);
	case JOB_SENT:
		return part_state_name(PART_SENT);
	case JOB_DELIVERED:
		return part_state_name(PART_DELIVERED);
	case JOB_FAILED:
		return part_state_name(PART_FAILED);
	case JOB_EXPIRED:
		return part_state_name(PART_EXPIRED);
	default:
		return job_state_name(s->job->state);
	}
}

static int run_show(struct sms *s)
{
	struct printer *out = s->env->out;
	int code = find_job(s);
	char sent[32];

	if (code)
		return code;
	print_job(s, s->job);
	printer_begin(out);
	printer_string(out, "to", s->job->to);
	printer_string(out, "text", s->job->text ? s->job->text : "(made from its item when it is sent)");
	if (s->job->provider_id && *s->job->provider_id == '=')
		print_parts(s);
	else
		printer_string(out, "provider_id", s->job->provider_id);
	printer_string(out, "delivery", delivery(s));
	printer_int(out, "possibly_twice", s->job->possibly_twice);
	printer_string(out, "sent", s->job->sent ? text_time(s->job->sent, sent) : NULL);
	if (s->job->bundle)
		printer_int(out, "bundle", s->job->bundle);
	printer_end(out);
	return EX_OK;
}

/* Only while it waits: what is with a provider cannot be had back. */
static bool think_cancel(struct store_tx *tx, void *user, GError **err)
{
	struct sms *s = user;

	if (!think_job(tx, user, err))
		return false;
	s->why_not = !s->job || s->job->state != JOB_WAITING ? "it does not wait any more" : NULL;
	return s->why_not || job_end(tx, s->job, JOB_CANCELLED, "cancelled by the operator", clock_now(), err);
}

static int run_cancel(struct sms *s)
{
	g_autoptr(GError) err = NULL;
	int code = find_job(s);

	if (code)
		return code;
	if (store_run(s->w.store, think_cancel, s, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	if (s->why_not)
		return command_fail(EX_DATAERR, "text %s is not cancelled: %s", s->word, s->why_not);
	print_job(s, s->job);
	return EX_OK;
}

/* ---- once more ---- */

/* Why a text cannot go again; NULL: it can. */
static const char *why_not_again(const struct sms *s, const struct item *i)
{
	const struct job *j = s->job;
	const struct person *p = roster_person(s->w.conf->roster, j->person);

	if (j->state == JOB_WAITING || j->state == JOB_SENDING)
		return "it is on its way";
	if (!p || g_strcmp0(p->phone, j->to) != 0)
		return "the configuration has that phone no more";
	if (topic_is_step(j->topic) && (!i || i->state != STATE_OPEN))
		return "its item is no longer open";
	return j->text || i ? NULL : "its item is gone";
}

static bool think_resend(struct store_tx *tx, void *user, GError **err)
{
	struct sms *s = user;
	struct item *i = NULL;
	struct job again;
	const int64_t now = clock_now();
	struct journal_record r = { .at = now, .who = "operator", .what = JOURNAL_RESENT, .how = "cli" };

	if (!think_job(tx, user, err) || (s->job && s->job->item && !tx_item(tx, s->job->item, s->w.a, &i, err)))
		return false;
	s->why_not = s->job ? why_not_again(s, i) : "it is gone";
	if (s->why_not)
		return true;
	again = *s->job;
	again.state = JOB_WAITING;
	again.due = again.created = again.updated = now;
	again.expires = s->job->expires ? now + s->job->expires - s->job->created : 0;
	again.tries = again.possibly_twice = again.sent = again.bundle = 0;
	again.provider = again.provider_id = again.error = NULL;
	r.item = again.item;
	r.why = arena_printf(s->w.a, "%s text to %s once more; it was %s%s%s", topic_name(again.topic), again.person,
			     job_state_name(s->job->state), s->job->error ? ": " : "", s->job->error ? s->job->error : "");
	if (!tx_job_insert(tx, &again, err) || !tx_journal_add(tx, &r, err))
		return false;
	s->id = again.id;
	return true;
}

static int follow(struct sms *s);

static int run_resend(struct sms *s)
{
	g_autofree char *path = g_build_filename(s->w.conf->run_dir, "courier.ctl", NULL);
	g_autoptr(GError) err = NULL;
	int code = find_job(s);

	if (code)
		return code;
	if (store_run(s->w.store, think_resend, s, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	if (s->why_not)
		return command_fail(EX_DATAERR, "text %s is not sent again: %s", s->word, s->why_not);
	g_free(control_ask(path, "wake", NULL));
	return follow(s);
}

/* ---- a text for trying ---- */

static bool think_test(struct store_tx *tx, void *user, GError **err)
{
	struct sms *s = user;

	return tx_job_insert(tx, s->job, err) && (s->id = s->job->id) > 0;
}

static bool has_gone(const struct job *j)
{
	return j->state == JOB_SENT || j->state == JOB_DELIVERED;
}

static bool has_ended(const struct job *j)
{
	return j->state != JOB_WAITING && j->state != JOB_SENDING && j->state != JOB_SENT;
}

/* Says each state as it comes. */
static int follow(struct sms *s)
{
	int64_t end = clock_mono_ms() + TEST_WAIT_S * 1000;
	enum job_state last = N_JOB_STATES;

	while (clock_mono_ms() < end) {
		if (store_read(s->w.store, think_job, s, NULL) != STORE_DONE || !s->job)
			return command_fail(EX_TEMPFAIL, "the store cannot be read");
		if (s->job->state != last)
			print_job(s, s->job);
		last = s->job->state;
		if (has_ended(s->job))
			break;
		g_usleep(TEST_TURN_US);
	}
	if (has_gone(s->job))
		return EX_OK;
	return command_fail(EX_TEMPFAIL, "not sent: %s", s->job->error ? s->job->error :
			    "it waits; ringback providers shows whether one is bound");
}

static int run_test(struct sms *s)
{
	const struct person *p = roster_person(s->w.conf->roster, s->word);
	g_autofree char *path = g_build_filename(s->w.conf->run_dir, "courier.ctl", NULL);
	g_autoptr(GError) err = NULL;
	int64_t now = clock_now();
	struct sms_style style;

	if (!p)
		return command_no_person(&s->w, s->word);
	if (!p->phone)
		return command_fail(EX_DATAERR, "%s has no phone in the configuration", p->id);
	if (!s->w.conf->providers->len)
		return command_fail(EX_CONFIG, "the configuration has no provider; write a provider section");
	style = sms_style(s->w.a, s->w.conf->roster, p, NULL);
	s->job = ARENA_NEW(s->w.a, struct job);
	*s->job = (struct job){
		.kind = JOB_TEXT, .topic = TOPIC_ANSWER, .due = now, .expires = now + 15 * 60, .created = now,
		.updated = now, .person = p->id, .to = p->phone,
		.text = sms_test(&style, p)
	};
	if (store_run(s->w.store, think_test, s, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	g_free(control_ask(path, "wake", NULL));
	return follow(s);
}

/* ---- the command ---- */

static int run_sms(struct command_env *env, int argc, char **argv)
{
	static const struct { const char *name; bool word; int (*run)(struct sms *s); } verbs[] = {
		{ "queue", false, run_queue }, { "show", true, run_show }, { "cancel", true, run_cancel },
		{ "test", true, run_test }, { "resend", true, run_resend },
	};
	struct sms s = { .env = env };
	int code = -1;

	if (argc > 1 && strcmp(argv[1], "preview") == 0)
		code = sms_preview_run(env, argc, argv);
	for (gsize k = 0; argc > 1 && k < G_N_ELEMENTS(verbs); k++) {
		if (strcmp(argv[1], verbs[k].name) != 0 || argc != 2 + verbs[k].word)
			continue;
		s.word = verbs[k].word ? argv[2] : NULL;
		code = command_open(env, &s.w);
		if (!code)
			code = verbs[k].run(&s);
		command_end(&s.w);
	}
	return code < 0 ? command_usage(&cmd_sms) : code;
}

const struct command_def cmd_sms = {
	.name = "sms",
	.arguments = "[--json] queue | show TEXT | resend TEXT | cancel TEXT | test PERSON | preview [--language LANGUAGE] ID [TEMPLATE]",
	.help = "the texts on their way; a text for trying; what a text would say",
	.run = run_sms,
	.details = "  queue         what waits, is with a provider, or has no receipt yet\n"
		   "  show TEXT     one of them, by its number\n"
		   "  resend TEXT   one that has ended goes once more, as a text of its own; says what becomes of it\n"
		   "  cancel TEXT   one that still waits\n"
		   "  test PERSON   sends a text to that person's phone and says what becomes of it\n"
		   "  preview ID    what the texts about an item say, or one of them, with coding, length and parts; sample\n"
		   "                for ID: about a call that is made up\n"
		   "\n"
		   "  --language LANGUAGE  in that language instead of the line's\n",
};
