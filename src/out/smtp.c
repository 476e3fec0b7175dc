/* libesmtp blocks, so a thread of its own talks to the relay; what became of a mail comes back through a queue and an
 * eventfd. Carrier and thread share one reference-counted struct: a relay that hangs must not hold up a stop. */
#include "smtp.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <libesmtp.h>

#include "log.h"

#define NAME "smtp"
#define MAIL_MAX (1024 * 1024)
#define ADDRESS_MAX 254		/* RFC 5321, 4.5.3.1 */

struct task {
	int64_t job;
	char *to, *mail;
	bool last;		/* no mail: the thread shall end */
	/* for libesmtp's callback */
	gsize read;
	bool whole;		/* libesmtp has taken all of it: the final dot may be on the wire */
	/* what became of it */
	enum carrier_result result;
	char *id, *error;
	bool reached;		/* the relay answered at all */
};

struct shared {
	gint refs;
	char *server, *mail_from;
	long timeout_ms;
	GAsyncQueue *todo, *done;
	int event;
};

struct smtp {
	struct carrier carrier;		/* first: the carrier is the smtp */
	struct carrier_events events;
	struct shared *shared;
	GThread *thread;
	guint under_way;
	bool stopping, up;
	guint64 n_sent, n_failed;
	char *last_error;
};

static void task_free(gpointer data)
{
	struct task *t = data;

	g_free(t->to);
	g_free(t->mail);
	g_free(t->id);
	g_free(t->error);
	g_free(t);
}

static void shared_unref(struct shared *sh)
{
	if (!g_atomic_int_dec_and_test(&sh->refs))
		return;
	g_async_queue_unref(sh->todo);
	g_async_queue_unref(sh->done);
	close(sh->event);
	g_free(sh->server);
	g_free(sh->mail_from);
	g_free(sh);
}

/* ---- the thread ---- */

/* len NULL: from the start again. libesmtp wants CRLF, and doubles leading dots itself. */
static const char *mail_read(void **ctx, int *len, void *arg)
{
	struct task *t = arg;
	gsize size = strlen(t->mail);

	(void)ctx;
	if (!len) {
		t->read = 0;
		t->whole = false;
		return NULL;
	}
	if (t->read == size) {
		t->whole = true;
		*len = 0;
		return NULL;
	}
	t->read = size;
	*len = (int)size;
	return t->mail;
}

static void on_event(smtp_session_t session, int event, void *arg, ...)
{
	struct task *t = arg;

	(void)session;
	if (event == SMTP_EV_CONNECT)
		t->reached = true;
}

static void task_end(struct task *t, enum carrier_result result, const char *words)
{
	t->result = result;
	if (result == CARRIER_SENT)
		t->id = g_utf8_make_valid(words, -1);
	else
		t->error = g_utf8_make_valid(words, -1);
}

/* The first step of the dialogue with an answer that is not 2xx or 3xx decides; none at all means a lost link. */
static void task_judge(struct task *t, smtp_message_t message, smtp_recipient_t rcpt, const char *failure)
{
	const smtp_status_t *steps[] = {
		smtp_reverse_path_status(message), smtp_recipient_status(rcpt), smtp_message_transfer_status(message),
	};
	const smtp_status_t *end = steps[2];

	for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
		g_autofree char *words = NULL;

		if (!steps[i] || steps[i]->code < 400)
			continue;
		words = g_strdup_printf("%d %s", steps[i]->code, steps[i]->text ? steps[i]->text : "");
		task_end(t, steps[i]->code >= 500 ? CARRIER_REFUSED : CARRIER_LATER, words);
		return;
	}
	if (end && end->code >= 200 && end->code < 300)
		task_end(t, CARRIER_SENT, end->text ? end->text : "");
	else
		task_end(t, t->whole ? CARRIER_UNKNOWN : CARRIER_LATER, failure);
}

static void timeouts_set(smtp_session_t session, long ms)
{
	static const int which[] = {
		Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA, Timeout_TRANSFER, Timeout_DATA2,
	};

	for (gsize i = 0; i < G_N_ELEMENTS(which); i++)
		smtp_set_timeout(session, which[i] | Timeout_OVERRIDE_RFC2822_MINIMUM, ms);
}

static bool has_8bit(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s & 0x80)
			return true;
	return false;
}

static void task_run(struct task *t, struct shared *sh)
{
	smtp_session_t session = smtp_create_session();
	smtp_message_t message = session ? smtp_add_message(session) : NULL;
	smtp_recipient_t rcpt = NULL;
	char buf[128];

	if (message && smtp_set_server(session, sh->server) &&
	    smtp_set_reverse_path(message, *sh->mail_from ? sh->mail_from : NULL))
		rcpt = smtp_add_recipient(message, t->to);
	if (!rcpt || !smtp_set_messagecb(message, mail_read, t)) {
		task_end(t, CARRIER_LATER, "no session");
	} else {
		bool done;

		if (has_8bit(t->mail))
			smtp_8bitmime_set_body(message, E8bitmime_8BITMIME);
		timeouts_set(session, sh->timeout_ms);
		smtp_set_eventcb(session, on_event, t);
		done = smtp_start_session(session);
		task_judge(t, message, rcpt, done ? "no answer" : smtp_strerror(smtp_errno(), buf, sizeof(buf)));
	}
	if (session)
		smtp_destroy_session(session);
}

/* A relay that vanishes while libesmtp writes must not end the program. */
static void sigpipe_block(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static gpointer smtp_thread(gpointer data)
{
	struct shared *sh = data;
	struct task *t;

	sigpipe_block();
	while (!(t = g_async_queue_pop(sh->todo))->last) {
		task_run(t, sh);
		g_async_queue_push(sh->done, t);
		eventfd_write(sh->event, 1);
	}
	task_free(t);
	shared_unref(sh);
	return NULL;
}

/* ---- the carrier ---- */

static struct smtp *smtp_of(struct carrier *c)
{
	return (struct smtp *)c;
}

static guint smtp_room(struct carrier *c)
{
	return smtp_of(c)->under_way == 0 && !smtp_of(c)->stopping;
}

/* Nothing that ends a line may reach the dialogue with the relay. */
static const char *parcel_fault(const struct parcel *p)
{
	gsize len = strlen(p->to);

	if (!len || len > ADDRESS_MAX || strpbrk(p->to, " \t<>"))
		return "the mail address is none";
	for (const char *s = p->to; *s; s++)
		if (g_ascii_iscntrl(*s))
			return "the mail address is none";
	return strlen(p->text) > MAIL_MAX ? "the mail is too large" : NULL;
}

static void smtp_send(struct carrier *c, const struct parcel *p)
{
	struct smtp *s = smtp_of(c);
	struct task *t = g_new0(struct task, 1);
	const char *fault = parcel_fault(p);

	g_assert(smtp_room(c));
	t->job = p->job;
	s->under_way++;
	if (fault) {
		t->reached = true;
		task_end(t, CARRIER_REFUSED, fault);
		g_async_queue_push(s->shared->done, t);
		eventfd_write(s->shared->event, 1);
		return;
	}
	t->to = g_strdup(p->to);
	t->mail = g_strdup(p->text);
	g_async_queue_push(s->shared->todo, t);
}

static gsize smtp_fds(struct carrier *c, struct pollfd *fds, gsize max)
{
	if (!max)
		return 0;
	fds[0] = (struct pollfd){ .fd = smtp_of(c)->shared->event, .events = POLLIN };
	return 1;
}

static int smtp_timeout_ms(struct carrier *c)
{
	(void)c;
	return -1;
}

static void outcome(struct smtp *s, struct task *t)
{
	s->under_way--;
	if (s->up != t->reached)
		log_info("smtp relay=%s state=%s", s->shared->server, t->reached ? "reached" : "out_of_reach");
	s->up = t->reached;
	if (t->result == CARRIER_SENT)
		s->n_sent++;
	else if (t->result == CARRIER_REFUSED)
		s->n_failed++;
	g_free(s->last_error);
	s->last_error = g_strdup(t->error ? t->error : "");
	s->events.outcome(s->events.user, NAME, t->job, t->result, t->id ? t->id : "", t->error ? t->error : "");
}

static void smtp_turn(struct carrier *c, const struct pollfd *fds, gsize n)
{
	struct smtp *s = smtp_of(c);
	eventfd_t count;
	struct task *t;

	(void)fds;
	(void)n;
	if (eventfd_read(s->shared->event, &count) != 0)
		return;
	while ((t = g_async_queue_try_pop(s->shared->done))) {
		outcome(s, t);
		task_free(t);
	}
}

static gsize smtp_status_of(struct carrier *c, struct carrier_status *s_r, gsize max)
{
	struct smtp *s = smtp_of(c);

	if (!max)
		return 0;
	*s_r = (struct carrier_status){
		.name = NAME, .up = s->up, .under_way = s->under_way, .sent = s->n_sent, .failed = s->n_failed,
		.last_error = s->last_error, .window = 1,
	};
	return 1;
}

static void smtp_stop(struct carrier *c)
{
	smtp_of(c)->stopping = true;
}

static bool smtp_idle(struct carrier *c)
{
	return smtp_of(c)->stopping && smtp_of(c)->under_way == 0;
}

/* A thread that is busy finishes its mail by itself and then goes. */
static void smtp_free(struct carrier *c)
{
	struct smtp *s = smtp_of(c);
	struct task *end = g_new0(struct task, 1);

	end->last = true;
	g_async_queue_push(s->shared->todo, end);
	if (s->under_way)
		g_thread_unref(s->thread);
	else
		g_thread_join(s->thread);
	shared_unref(s->shared);
	g_free(s->last_error);
	g_free(s);
}

static const struct carrier_ops smtp_ops = {
	.room = smtp_room, .send = smtp_send, .fds = smtp_fds, .timeout_ms = smtp_timeout_ms, .turn = smtp_turn,
	.status = smtp_status_of, .stop = smtp_stop, .idle = smtp_idle, .free = smtp_free,
};

struct carrier *smtp_new(const struct smtp_settings *settings, const struct carrier_events *events)
{
	struct smtp *s = g_new0(struct smtp, 1);
	struct shared *sh = g_new0(struct shared, 1);

	sh->refs = 2;
	sh->server = g_strdup_printf("%s:%d", settings->host, settings->port);
	sh->mail_from = g_strdup(settings->mail_from ? settings->mail_from : "");
	sh->timeout_ms = (long)CLAMP(settings->timeout_s, 1, 3600) * 1000;
	sh->todo = g_async_queue_new_full(task_free);
	sh->done = g_async_queue_new_full(task_free);
	sh->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	s->carrier.ops = &smtp_ops;
	s->events = *events;
	s->shared = sh;
	s->up = true;
	s->last_error = g_strdup("");
	s->thread = g_thread_new("smtp", smtp_thread, sh);
	return &s->carrier;
}
