#include "item.h"

static const char *const state_names[] = {
	"collecting", "open", "acked", "attempted", "snoozed", "closed", "suppressed"
};
static const char *const resolution_names[] = {
	"none", "called_back", "caller_reached", "answered_elsewhere", "no_callback_needed", "spam",
	"wrong_number", "merged", "expired"
};
static const char *const urgency_names[] = { "normal", "low", "high" };
static const char *const kind_names[] = { "text", "mail", "timer" };
static const char *const job_state_names[] = {
	"waiting", "sending", "sent", "delivered", "done", "failed", "expired", "cancelled"
};
static const char *const topic_names[] = {
	"first", "escalation", "update", "answer", "taken", "note", "window", "step", "ack_timeout", "last", "mailed",
	"fallback", "wake", "retry", "due",
	"reminder", "stale", "handoff"
};
static const char *const action_names[] = { "first", "joined", "copy", "retry" };

_Static_assert(G_N_ELEMENTS(state_names) == N_STATES, "one name for each state");
_Static_assert(G_N_ELEMENTS(resolution_names) == N_RESOLUTIONS, "one name for each resolution");
_Static_assert(G_N_ELEMENTS(urgency_names) == N_URGENCIES, "one name for each urgency");
_Static_assert(G_N_ELEMENTS(kind_names) == N_JOB_KINDS, "one name for each kind");
_Static_assert(G_N_ELEMENTS(job_state_names) == N_JOB_STATES, "one name for each job state");
_Static_assert(G_N_ELEMENTS(topic_names) == N_TOPICS, "one name for each topic");
_Static_assert(G_N_ELEMENTS(action_names) == N_NOTICE_ACTIONS, "one name for each action");

const char *state_name(enum item_state s)
{
	g_assert(s < N_STATES);
	return state_names[s];
}

const char *resolution_name(enum resolution r)
{
	g_assert(r < N_RESOLUTIONS);
	return resolution_names[r];
}

bool resolution_from_name(const char *name, enum resolution *r_r)
{
	for (guint i = 1; i < N_RESOLUTIONS; i++)
		if (g_strcmp0(name, resolution_names[i]) == 0)
			return *r_r = i, true;
	return false;
}

const char *urgency_name(enum urgency u)
{
	g_assert(u < N_URGENCIES);
	return urgency_names[u];
}

const char *job_kind_name(enum job_kind k)
{
	g_assert(k < N_JOB_KINDS);
	return kind_names[k];
}

const char *job_state_name(enum job_state s)
{
	g_assert(s < N_JOB_STATES);
	return job_state_names[s];
}

const char *topic_name(enum job_topic t)
{
	g_assert(t < N_TOPICS);
	return topic_names[t];
}

const char *notice_action_name(enum notice_action n)
{
	g_assert(n < N_NOTICE_ACTIONS);
	return action_names[n];
}

bool topic_is_step(enum job_topic t)
{
	return t == TOPIC_FIRST || t == TOPIC_ESCALATION || t == TOPIC_LAST;
}

bool topic_tells(enum job_topic t)
{
	return topic_is_step(t) || t == TOPIC_UPDATE || t == TOPIC_HANDOFF;
}

int64_t item_overdue_since(const struct item *i, int64_t now)
{
	return item_is_live(i) && i->due && now >= i->due ? i->due : 0;
}

int64_t item_stale_since(const struct item *i, int64_t stale_after_s, int64_t now)
{
	const int64_t since = i->opened + stale_after_s;

	return item_is_live(i) && i->opened && now >= since ? since : 0;
}

bool item_is_live(const struct item *i)
{
	return i->state != STATE_CLOSED && i->state != STATE_SUPPRESSED;
}

static void dup_each(struct arena *a, const char **const fields[], gsize n)
{
	for (gsize i = 0; i < n; i++)
		*fields[i] = arena_strdup(a, *fields[i]);
}

struct item *item_copy(struct arena *a, const struct item *from)
{
	struct item *i = arena_memdup(a, from, sizeof(*from));
	const char **const fields[] = {
		&i->key, &i->call_id, &i->line, &i->owner, &i->caller, &i->caller_raw, &i->caller_name,
		&i->called, &i->transcript, &i->profile, &i->source, &i->acked_by, &i->policy, &i->told, &i->rule,
		&i->thread_id
	};

	dup_each(a, fields, G_N_ELEMENTS(fields));
	return i;
}

struct job *job_copy(struct arena *a, const struct job *from)
{
	struct job *j = arena_memdup(a, from, sizeof(*from));
	const char **const fields[] = {
		&j->person, &j->to, &j->text, &j->provider, &j->provider_id, &j->error
	};

	dup_each(a, fields, G_N_ELEMENTS(fields));
	return j;
}
