#include "pair.h"

enum { SENDER, HEARER, N_HALVES };

struct pair {
	struct carrier carrier;		/* first: the carrier is the pair */
	struct carrier *halves[N_HALVES];
	gsize n_fds;			/* of the sender, in the last poll */
};

static struct pair *pair_of(struct carrier *c)
{
	return (struct pair *)c;
}

static guint pair_room(struct carrier *c)
{
	struct carrier *sender = pair_of(c)->halves[SENDER];

	return sender->ops->room(sender);
}

static void pair_send(struct carrier *c, const struct parcel *p)
{
	struct carrier *sender = pair_of(c)->halves[SENDER];

	sender->ops->send(sender, p);
}

static gsize pair_fds(struct carrier *c, struct pollfd *fds, gsize max)
{
	struct pair *p = pair_of(c);
	struct carrier *sender = p->halves[SENDER], *hearer = p->halves[HEARER];

	p->n_fds = sender->ops->fds(sender, fds, max);
	return p->n_fds + hearer->ops->fds(hearer, fds + p->n_fds, max - p->n_fds);
}

static int pair_timeout_ms(struct carrier *c)
{
	struct carrier *sender = pair_of(c)->halves[SENDER], *hearer = pair_of(c)->halves[HEARER];
	int one = sender->ops->timeout_ms(sender), other = hearer->ops->timeout_ms(hearer);

	return one < 0 ? other : other < 0 ? one : MIN(one, other);
}

static void pair_turn(struct carrier *c, const struct pollfd *fds, gsize n)
{
	struct pair *p = pair_of(c);
	struct carrier *sender = p->halves[SENDER], *hearer = p->halves[HEARER];
	gsize of_sender = MIN(p->n_fds, n);

	sender->ops->turn(sender, fds, of_sender);
	hearer->ops->turn(hearer, fds + of_sender, n - of_sender);
}

/* The state is that of the half that is worse off. */
static gsize pair_status(struct carrier *c, struct carrier_status *s_r, gsize max)
{
	struct carrier *hearer = pair_of(c)->halves[HEARER], *sender = pair_of(c)->halves[SENDER];
	struct carrier_status heard;

	if (!max)
		return 0;
	sender->ops->status(sender, s_r, 1);
	hearer->ops->status(hearer, &heard, 1);
	s_r->received = heard.received;
	if (s_r->up)
		s_r->state = heard.state;
	if (!*s_r->last_error)
		s_r->last_error = heard.last_error;
	s_r->half_up = s_r->up;
	s_r->up = s_r->up && heard.up;
	return 1;
}

static void pair_stop(struct carrier *c)
{
	for (guint k = 0; k < N_HALVES; k++)
		pair_of(c)->halves[k]->ops->stop(pair_of(c)->halves[k]);
}

static bool pair_idle(struct carrier *c)
{
	struct carrier *sender = pair_of(c)->halves[SENDER], *hearer = pair_of(c)->halves[HEARER];

	return sender->ops->idle(sender) && hearer->ops->idle(hearer);
}

static void pair_free(struct carrier *c)
{
	for (guint k = 0; k < N_HALVES; k++)
		pair_of(c)->halves[k]->ops->free(pair_of(c)->halves[k]);
	g_free(c);
}

static const struct carrier_ops pair_ops = {
	.room = pair_room, .send = pair_send, .fds = pair_fds, .timeout_ms = pair_timeout_ms, .turn = pair_turn,
	.status = pair_status, .stop = pair_stop, .idle = pair_idle, .free = pair_free,
};

struct carrier *pair_new(const struct smpp_settings *settings, const struct carrier_events *events)
{
	struct pair *p = g_new0(struct pair, 1);
	struct smpp_settings own = *settings;

	p->carrier.ops = &pair_ops;
	own.role = SMPP_TRANSMITTER;
	p->halves[SENDER] = smpp_new(&own, events);
	own.role = SMPP_RECEIVER;
	p->halves[HEARER] = smpp_new(&own, events);
	return &p->carrier;
}
