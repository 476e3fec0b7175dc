#include "decide_world.h"

#include <stdlib.h>
#include <string.h>

#include "dedup.h"
#include "text.h"

struct world {
	struct roster *r;
	struct arena *a;
	int64_t start, now;
	GPtrArray *items;	/* struct item *, place n is number n + 1 */
	GPtrArray *notices;	/* struct notice *, oldest first */
	GPtrArray *jobs;	/* struct job * */
	GHashTable *exhausted;	/* items of which nobody is left to be told */
	GArray *turns;		/* struct pool_turn */
	GPtrArray *stopped;	/* phones that said STOP */
	struct mute mute;	/* to 0: none */
	GHashTable *idle;	/* phone -> struct mark * */
	bool starting;		/* the event that runs is a START */
	const struct decision *last;
};

struct world *world_new(int64_t start)
{
	struct world *w = g_new0(struct world, 1);

	w->r = decide_office();
	w->a = arena_new();
	w->start = w->now = start;
	w->items = g_ptr_array_new();
	w->notices = g_ptr_array_new();
	w->jobs = g_ptr_array_new();
	w->exhausted = g_hash_table_new(g_direct_hash, g_direct_equal);
	w->stopped = g_ptr_array_new();
	w->idle = g_hash_table_new(g_str_hash, g_str_equal);
	w->turns = g_array_new(FALSE, FALSE, sizeof(struct pool_turn));
	return w;
}

void world_free(struct world *w)
{
	g_ptr_array_unref(w->items);
	g_ptr_array_unref(w->notices);
	g_ptr_array_unref(w->jobs);
	g_hash_table_unref(w->exhausted);
	g_ptr_array_unref(w->stopped);
	g_hash_table_unref(w->idle);
	g_array_unref(w->turns);
	arena_free(w->a);
	roster_free(w->r);
	g_free(w);
}

struct roster *world_roster(struct world *w)
{
	return w->r;
}

int64_t world_now(const struct world *w)
{
	return w->now;
}

const struct decision *world_last(const struct world *w)
{
	return w->last;
}

guint world_items(const struct world *w)
{
	return w->items->len;
}

static struct item *item(const struct world *w, int64_t id)
{
	return id > 0 && id <= w->items->len ? g_ptr_array_index(w->items, id - 1) : NULL;
}

/* ---- what is written down ---- */

/* Copies, as a store does: the roster may change under them. */
static void put_item(struct world *w, const struct item *i)
{
	g_assert_nonnull(item(w, i->id));
	w->items->pdata[i->id - 1] = item_copy(w->a, i);
}

static void cancel(struct world *w, const struct item *i, guint topics)
{
	for (guint n = 0; i && n < w->jobs->len; n++) {
		struct job *j = g_ptr_array_index(w->jobs, n);

		if (j->item == i->id && j->state == JOB_WAITING && (topics & (1u << j->topic)))
			j->state = JOB_CANCELLED;
	}
}

static void keep_item(struct world *w, const struct decision *d)
{
	if (d->created) {
		d->item->id = w->items->len + 1;
		g_ptr_array_add(w->items, item_copy(w->a, d->item));
	} else if (d->item) {
		put_item(w, d->item);
	}
	for (guint n = 0; n < d->more->len; n++)
		put_item(w, g_ptr_array_index(d->more, n));
	cancel(w, d->item, d->cancel);
	for (guint n = 0; n < d->more->len; n++)
		cancel(w, g_ptr_array_index(d->more, n), d->cancel);
}

static int64_t real_item(const struct decision *d, int64_t id)
{
	if (id == DECIDE_NO_ITEM)
		return 0;
	return id ? id : d->item ? d->item->id : 0;
}

static void keep_stop(struct world *w, const struct decision *d)
{
	guint at;

	if (!d->stop_phone)
		return;
	if (g_ptr_array_find_with_equal_func(w->stopped, d->stop_phone, g_str_equal, &at))
		g_ptr_array_remove_index(w->stopped, at);
	if (d->stop_at)
		g_ptr_array_add(w->stopped, arena_strdup(w->a, d->stop_phone));
}

static void keep_turn(struct world *w, const struct decision *d)
{
	const struct pool_turn new = { d->turn_pool, d->turn_person, w->turns->len + 1 };

	for (guint n = 0; d->turn_pool && n < w->turns->len; n++) {
		struct pool_turn *t = &g_array_index(w->turns, struct pool_turn, n);

		if (strcmp(t->person, d->turn_person) == 0)
			t->person = "";		/* theirs is a newer one */
	}
	if (d->turn_pool)
		g_array_append_val(w->turns, new);
}

static void keep(struct world *w, const struct decision *d)
{
	keep_item(w, d);
	keep_turn(w, d);
	keep_stop(w, d);
	if (d->idle_phone)
		g_hash_table_replace(w->idle, arena_strdup(w->a, d->idle_phone),
				     arena_memdup(w->a, &d->idle, sizeof(d->idle)));
	if (d->notice) {
		d->notice->item = d->item->id;
		g_ptr_array_add(w->notices, d->notice);
	}
	for (guint n = 0; n < d->jobs->len; n++) {
		struct job *j = g_ptr_array_index(d->jobs, n);

		j->item = real_item(d, j->item);
		j->id = w->jobs->len + 1;
		if (j->kind != JOB_TIMER)
			j->state = JOB_SENT;	/* the outbox is quick */
		g_ptr_array_add(w->jobs, j);
	}
	for (guint n = 0; n < d->journal->len; n++) {
		const struct journal_record *j = g_ptr_array_index(d->journal, n);
		void *key = GINT_TO_POINTER(real_item(d, j->item));

		if (strcmp(j->what, JOURNAL_EXHAUSTED) == 0)
			g_hash_table_add(w->exhausted, key);
		else if (strcmp(j->what, JOURNAL_TOLD) == 0 || strcmp(j->what, JOURNAL_ESCALATED) == 0)
			g_hash_table_remove(w->exhausted, key);
	}
	w->last = d;
}

/* ---- what must always hold ---- */

static bool is_word(const char *what)
{
	for (const char *const *w = journal_words; *w; w++)
		if (strcmp(*w, what) == 0)
			return true;
	return false;
}

static gsize records_about(const struct decision *d, const struct item *i)
{
	gsize n = 0;

	for (guint k = 0; k < d->journal->len; k++) {
		const struct journal_record *j = g_ptr_array_index(d->journal, k);

		n += j->item == i->id || (j->item == 0 && i == d->item);
	}
	return n;
}

static void check_item(const struct world *w, const struct decision *d, const struct item *i)
{
	const struct item *before = item(w, i->id);

	g_assert_nonnull(i->key);
	g_assert_nonnull(i->thread_id);
	g_assert_cmpint(i->updated, ==, w->now);
	g_assert_cmpint(i->calls, >=, 1);
	if (i->state != STATE_SUPPRESSED)
		g_assert_nonnull(roster_person(w->r, i->owner));
	g_assert_cmpint(i->state == STATE_CLOSED || i->state == STATE_SUPPRESSED, ==, i->closed != 0);
	g_assert_cmpint(i->state == STATE_CLOSED || i->state == STATE_SUPPRESSED, ==,
			i->resolution != RESOLUTION_NONE);
	if (i->state == STATE_ACKED || i->state == STATE_ATTEMPTED) {
		g_assert_cmpstr(i->acked_by, ==, i->owner);
		g_assert_cmpint(i->acked, !=, 0);
	}
	if (i->state == STATE_OPEN || i->state == STATE_COLLECTING)
		g_assert_null(i->acked_by);
	if (!before || before->state != i->state || g_strcmp0(before->owner, i->owner) != 0)
		g_assert_cmpuint(records_about(d, i), >, 0);
}

static void check_record(const struct world *w, const struct journal_record *j)
{
	g_assert_true(is_word(j->what));
	g_assert_true(j->who && *j->who && j->how && *j->how && j->why);
	g_assert_cmpint(j->at, ==, w->now);
	g_assert_true(g_utf8_validate(j->why, -1, NULL) && !strpbrk(j->why, "\r\n"));
}

/* Only phones and mailboxes of the configuration, whatever a mail or a text said. */
static void check_job(const struct world *w, const struct job *j)
{
	g_assert_cmpint(j->state, ==, JOB_WAITING);
	g_assert_cmpint(j->due, >=, w->now);
	if (j->kind == JOB_TEXT) {
		g_assert_false(g_ptr_array_find_with_equal_func(w->stopped, j->to, g_str_equal, NULL) &&
			       !(w->starting && j->topic == TOPIC_ANSWER));
		g_assert_cmpstr(roster_person(w->r, j->person)->phone, ==, j->to);
		if (j->topic == TOPIC_FIRST || j->topic == TOPIC_ESCALATION)
			g_assert_cmpint(j->expires, ==, 0);	/* until its step ends, which waits for it */
		else
			g_assert_cmpint(j->expires, >, w->now);
		g_assert_cmpint(j->topic == TOPIC_ANSWER, ==, j->text != NULL);
	} else if (j->kind == JOB_MAIL) {
		g_assert_cmpstr(j->to, ==, j->person ? roster_person(w->r, j->person)->mail : "calls@example.com");
		g_assert_true(j->text && *j->text && !strpbrk(j->text, "\r\n"));
	} else {
		g_assert_true(!j->to && !j->person);
	}
}

static void check_notice(const struct decision *d)
{
	g_assert_nonnull(d->item);
	g_assert_nonnull(d->line);
	g_assert_nonnull(d->owner);
	g_assert_true(d->notice->key && d->notice->rcpts);
	/* a first mail of a call always goes on, if only to the audit mailbox */
	if (d->notice->action == NOTICE_FIRST || d->notice->action == NOTICE_JOINED)
		g_assert_true(d->mail == MAIL_EDIT || d->mail == MAIL_AUDIT);
	g_assert_cmpint(d->created, ==, d->notice->action == NOTICE_FIRST);
}

static void check(const struct world *w, const struct decision *d)
{
	g_assert_true(d->why && *d->why && !strpbrk(d->why, "\r\n"));
	if (d->item)
		check_item(w, d, d->item);
	for (guint n = 0; n < d->more->len; n++)
		check_item(w, d, g_ptr_array_index(d->more, n));
	for (guint n = 0; n < d->journal->len; n++)
		check_record(w, g_ptr_array_index(d->journal, n));
	for (guint n = 0; n < d->jobs->len; n++)
		check_job(w, g_ptr_array_index(d->jobs, n));
	if (d->notice)
		check_notice(d);
}

static guint timers(const struct world *w, const struct item *i, guint topics)
{
	guint count = 0;

	for (guint n = 0; n < w->jobs->len; n++) {
		const struct job *j = g_ptr_array_index(w->jobs, n);

		count += j->item == i->id && j->state == JOB_WAITING && (topics & (1u << j->topic)) &&
			 (j->topic != TOPIC_STEP || j->step == i->step);
	}
	return count;
}

/* No item may be left where nothing would ever happen to it, and none that is done with may ring a phone. */
static void check_something_follows(const struct world *w, const struct item *i)
{
	switch (i->state) {
	case STATE_COLLECTING:
		g_assert_cmpuint(timers(w, i, 1u << TOPIC_WINDOW), ==, 1);
		break;
	case STATE_ACKED:
	case STATE_ATTEMPTED:
		g_assert_cmpuint(timers(w, i, 1u << TOPIC_ACK_TIMEOUT), >=, 1);
		g_assert_cmpuint(timers(w, i, ~((1u << TOPIC_ACK_TIMEOUT) | (1u << TOPIC_WAKE) | (1u << TOPIC_DUE))), ==, 0);
		g_assert_cmpuint(timers(w, i, 1u << TOPIC_WAKE), ==, i->wake != 0);
		break;
	case STATE_SNOOZED:
		g_assert_cmpuint(timers(w, i, 1u << TOPIC_WAKE), ==, 1);
		g_assert_cmpuint(timers(w, i, ~((1u << TOPIC_WAKE) | (1u << TOPIC_DUE))), ==, 0);
		break;
	case STATE_OPEN:
		if (i->policy && !g_hash_table_contains(w->exhausted, GINT_TO_POINTER(i->id)))
			g_assert_cmpuint(timers(w, i, 1u << TOPIC_STEP), ==, 1);
		break;
	default:
		g_assert_cmpuint(timers(w, i, ~0u), ==, 0);
	}
}

static const char *const *stopped_list(struct world *w)
{
	const char **list = ARENA_NEW_N(w->a, const char *, w->stopped->len + 1);

	for (guint n = 0; n < w->stopped->len; n++)
		list[n] = w->stopped->pdata[n];
	return list;
}

static const char *run(struct world *w, const struct event *e, struct facts *f)
{
	struct decision *d;

	f->stopped = stopped_list(w);
	f->mutes = &w->mute;
	f->n_mutes = w->mute.to > w->now;
	if (e->phone && g_hash_table_lookup(w->idle, e->phone))
		f->idle = *(struct mark *)g_hash_table_lookup(w->idle, e->phone);
	w->starting = e->kind == EVENT_REPLY && e->reply->verb == VERB_START;
	d = decide(w->r, e, f, w->now, w->a);
	check(w, d);
	keep(w, d);
	for (guint n = 1; n <= w->items->len; n++)
		check_something_follows(w, item(w, n));
	return decide_say(w->a, d, w->now);
}

/* ---- events ---- */

static bool option(char **words, const char *name, char **value_r)
{
	gsize len = strlen(name);

	for (; *words; words++) {
		if (strncmp(*words, name, len) != 0 || ((*words)[len] != '\0' && (*words)[len] != '='))
			continue;
		*value_r = (*words)[len] ? *words + len + 1 : *words + len;
		return true;
	}
	return false;
}

static const char *word_option(char **words, const char *name)
{
	char *value = NULL;

	return option(words, name, &value) ? value : NULL;
}

/* "mail CLASS CALLED CALLER RCPT,RCPT [printed] [dur=S] [audio=HASH] [said=WORD] [id=ID] [mid=ID] [name=WORD]
 * [raw=WORD] [hidden] [reason=REASON] [waited=S]" */
static struct call read_call(struct world *w, char **words)
{
	struct call c = { .profile = "test", .called = words[1], .duration_s = -1, .transcript_confidence = -1,
		.time = w->now };
	const char *s;

	g_assert_true(class_from_name(words[0], &c.class));
	c.withheld = strcmp(words[2], "withheld") == 0 || word_option(words, "hidden");
	c.caller = words[2][0] == '+' ? words[2] : NULL;
	c.time_printed = word_option(words, "printed");
	c.audio_hash = word_option(words, "audio");
	c.transcript = word_option(words, "said");
	c.call_id = word_option(words, "id");
	c.caller_name = word_option(words, "name");
	c.caller_raw = word_option(words, "raw");
	if ((s = word_option(words, "dur")))
		c.duration_s = atoi(s);
	if ((s = word_option(words, "waited")))
		c.waited_s = atoi(s);
	if ((s = word_option(words, "reason")))
		g_assert_true(reason_from_name(s, &c.reason));
	return c;
}

static const struct notice *find_same(struct world *w, const struct event *e, const char *key)
{
	for (guint n = w->notices->len; n > 0; n--) {
		const struct notice *one = g_ptr_array_index(w->notices, n - 1);

		if (strcmp(one->key, key) == 0)
			return dedup_is_retry(e->call, e->message_id, one, w->now, 45) ? one : NULL;
	}
	return NULL;
}

static const struct item *find_item(struct world *w, const struct call *c, const char *key)
{
	for (guint n = w->items->len; c->call_id && n > 0; n--)
		if (g_strcmp0(item(w, n)->call_id, c->call_id) == 0)
			return item(w, n);
	for (guint n = w->items->len; n > 0; n--) {
		const struct item *i = item(w, n);

		if (strcmp(i->key, key) == 0 && (item_is_live(i) || i->closed >= w->now - 14400))
			return i;
	}
	return NULL;
}

static void find_notices(struct world *w, struct facts *f)
{
	struct notice *list = ARENA_NEW_N(w->a, struct notice, 64);

	f->notices = list;
	for (guint n = w->notices->len; f->item && n > 0 && f->n_notices < 64; n--) {
		const struct notice *one = g_ptr_array_index(w->notices, n - 1);

		if (one->item == f->item->id)
			list[f->n_notices++] = *one;
	}
}

static const char *mail(struct world *w, char **words)
{
	g_auto(GStrv) rcpts = g_strsplit(words[3], ",", -1);
	const struct call c = read_call(w, words);
	const char *mid = word_option(words, "mid"), *why;
	struct event e = { .kind = EVENT_NOTICE, .call = &c, .queue_id = "4Xyz", .rcpts = (const char *const *)rcpts,
			   .message_id = mid ? mid : arena_printf(w->a, "<%u@example.com>", w->notices->len) };
	const struct line *l = roster_line(w->r, &c, e.rcpts, w->a, &why);
	struct facts f = { 0 };

	f.same = find_same(w, &e, dedup_notice_key(w->a, &c, dedup_rcpts(w->a, e.rcpts)));
	f.item = f.same ? item(w, f.same->item) : l ? find_item(w, &c, dedup_item_key(w->a, l, &c)) : NULL;
	find_notices(w, &f);
	f.turns = (const struct pool_turn *)(const void *)w->turns->data;
	f.n_turns = w->turns->len;
	for (guint n = w->items->len; c.caller && !f.dealt_with && n > 0; n--)
		if (g_strcmp0(item(w, n)->caller, c.caller) == 0)
			f.dealt_with = item(w, n)->acked_by;
	return run(w, &e, &f);
}

const struct job *world_next_timer(const struct world *w)
{
	const struct job *next = NULL;

	for (guint n = 0; n < w->jobs->len; n++) {
		const struct job *j = g_ptr_array_index(w->jobs, n);

		if (j->kind == JOB_TIMER && j->state == JOB_WAITING && (!next || j->due < next->due))
			next = j;
	}
	return next;
}

/* "timer TOPIC": the first that is due. "timer TOPIC ITEM STEP": one made up. */
static const char *timer(struct world *w, char **words)
{
	struct job made = { .kind = JOB_TIMER }, *j = (struct job *)world_next_timer(w);
	struct event e = { .kind = EVENT_TIMER };
	struct facts f = { 0 };

	if (words[1]) {
		for (made.topic = 0; strcmp(topic_name(made.topic), words[0]) != 0;)
			made.topic++;
		made.item = atoi(words[1]);
		made.step = atoi(words[2]);
		j = &made;
	} else {
		g_assert_nonnull(j);
		g_assert_cmpstr(topic_name(j->topic), ==, words[0]);
		g_assert_cmpint(j->due, <=, w->now);
		j->state = JOB_DONE;
	}
	e.job = j;
	f.item = item(w, j->item);
	return run(w, &e, &f);
}

/* "receipt delivered|failed TOPIC": of the newest text of that topic. */
static const char *receipt(struct world *w, char **words)
{
	struct event e = { .kind = EVENT_RECEIPT, .delivered = strcmp(words[0], "delivered") == 0 };
	struct facts f = { 0 };

	for (guint n = w->jobs->len; n > 0 && !e.job; n--) {
		const struct job *j = g_ptr_array_index(w->jobs, n - 1);

		if (j->kind == JOB_TEXT && strcmp(topic_name(j->topic), words[1]) == 0)
			e.job = j;
	}
	g_assert_nonnull(e.job);
	f.item = item(w, e.job->item);
	return run(w, &e, &f);
}

static bool tells(const struct job *j)
{
	return j->kind == JOB_TEXT && j->state != JOB_CANCELLED &&
	       (j->topic == TOPIC_FIRST || j->topic == TOPIC_ESCALATION || j->topic == TOPIC_UPDATE);
}

static const char *const *told(struct world *w, int64_t id)
{
	const char **list = ARENA_NEW_N(w->a, const char *, w->jobs->len + 1);
	gsize n = 0;

	for (guint k = 0; k < w->jobs->len; k++) {
		const struct job *j = g_ptr_array_index(w->jobs, k);

		if (tells(j) && j->item == id)
			list[n++] = j->to;
	}
	return list;
}

static void find_texted(struct world *w, const char *phone, struct facts *f)
{
	struct texted *list = ARENA_NEW_N(w->a, struct texted, w->items->len);

	f->texted = list;
	for (int live = 1; live >= 0; live--) {
		for (guint n = w->items->len; n > 0; n--) {
			const char *const *phones = told(w, n);

			if (item_is_live(item(w, n)) == live && g_strv_contains(phones, phone))
				list[f->n_texted++] = (struct texted){ (int)n + 16, item(w, n), phones };
		}
	}
}

static const struct {
	const char *word;
	enum verb verb;
} verbs[] = {
	{ "A", VERB_ACK }, { "D", VERB_DONE }, { "T", VERB_TRIED }, { "N", VERB_NEXT }, { "S", VERB_SNOOZE }, { "X", VERB_NO_CALLBACK },
	{ "L", VERB_LIST }, { "AA", VERB_ALL_MINE }, { "H", VERB_HELP }, { "STOP", VERB_STOP },
	{ "START", VERB_START }, { "hm?", VERB_NONE }
};

/* "reply PERSON VERB [CODE [MINUTES]]", CODE 0 for none; a person who is not known is a phone. */
static const char *reply(struct world *w, char **words)
{
	const struct person *p = roster_person(w->r, words[0]);
	struct reply r = { .code = words[2] ? atoi(words[2]) : 0, .minutes = words[2] && words[3] ? atoi(words[3]) : 0 };
	struct event e = { .kind = EVENT_REPLY, .phone = p ? p->phone : words[0], .text = words[1], .reply = &r };
	struct facts f = { 0 };

	for (gsize n = 0; n < G_N_ELEMENTS(verbs); n++)
		if (strcmp(verbs[n].word, words[1]) == 0)
			r.verb = verbs[n].verb;
	find_texted(w, e.phone, &f);
	return run(w, &e, &f);
}

/* "ack ITEM PERSON", "assign ITEM PERSON", "pass ITEM PERSON", "tried ITEM PERSON [SECONDS]", "snooze ITEM BY SECONDS",
 * "close ITEM RESOLUTION [BY]" */
static const char *command(struct world *w, enum command c, char **words)
{
	struct event e = { .kind = EVENT_COMMAND, .command = c, .by = "operator", .to = words[1] };
	struct facts f = { .item = item(w, atoi(words[0])) };

	if (c == COMMAND_CLOSE) {
		e.to = NULL;
		e.by = words[2];
		resolution_from_name(words[1], &e.resolution);
	}
	if (c == COMMAND_SNOOZE)
		e.by = words[1];
	if ((c == COMMAND_SNOOZE || c == COMMAND_TRIED) && words[2])
		e.until = w->now + atoi(words[2]);
	f.told = told(w, atoi(words[0]));
	return run(w, &e, &f);
}

static const struct {
	const char *word;
	enum command command;
} commands[] = {
	{ "ack", COMMAND_ACK }, { "assign", COMMAND_ASSIGN }, { "close", COMMAND_CLOSE }, { "tried", COMMAND_TRIED },
	{ "snooze", COMMAND_SNOOZE }, { "pass", COMMAND_PASS }
};

/* "mute LINE SECONDS" */
static const char *mute(struct world *w, char **words)
{
	w->mute = (struct mute){ words[0], w->now, w->now + atoi(words[1]), "paint", "operator" };
	return "";
}

const char *world_event(struct world *w, const char *line_of_words)
{
	g_auto(GStrv) list = g_strsplit(line_of_words, " ", -1);
	char **all = ARENA_NEW_N(w->a, char *, g_strv_length(list) + 1), **words = all + 1;

	/* items keep words of their mails */
	for (gsize n = 0; list[n]; n++)
		all[n] = arena_strdup(w->a, list[n]);
	w->now = w->start + atoi(all[0]);
	if (strcmp(words[0], "mail") == 0)
		return mail(w, words + 1);
	if (strcmp(words[0], "mute") == 0)
		return mute(w, words + 1);
	if (strcmp(words[0], "timer") == 0)
		return timer(w, words + 1);
	if (strcmp(words[0], "receipt") == 0)
		return receipt(w, words + 1);
	if (strcmp(words[0], "reply") == 0)
		return reply(w, words + 1);
	for (gsize n = 0; n < G_N_ELEMENTS(commands); n++)
		if (strcmp(words[0], commands[n].word) == 0)
			return command(w, commands[n].command, words + 1);
	g_error("no such event: %s", words[0]);
}
