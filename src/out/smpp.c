/* One bind_transceiver as a state machine. Nothing here blocks: smpp_turn() does what can be done now, and says by
 * fds() and timeout_ms() when it wants to be called again.
 *
 *   WAITING --time--> CONNECTING --open--> BINDING --bind_resp--> BOUND --stop, all answered--> UNBINDING --> STOPPED
 *      ^                  |                   |                     |
 *      +---- link lost, refused, silent ------+---------------------+--- unbind, nonsense ---> LEAVING --> WAITING */
#include "smpp_private.h"

#include <string.h>

#include "clock.h"
#include "err.h"
#include "log.h"
#include "smpp_words.h"

#define CONNECT_MS 20000
#define LEAVE_MS 1000		/* to let our last words arrive */
#define UNBIND_MS 5000
#define GAP_FIRST_MS 100	/* between two submits after the first "slow down" */
#define GAP_MAX_MS 5000
#define TEXT_MAX 253		/* octets of a short_message that libsmpp34 packs */
#define PART_OCTETS_MAX 160	/* of one part, a septet an octet */
#define SEQUENCE_MAX 0x7fffffffu

static const char *const state_names[] = {
	"waiting", "connecting", "binding", "bound", "unbinding", "leaving", "stopped",
};
_Static_assert(G_N_ELEMENTS(state_names) == N_LINK_STATES, "a name for each state");

/* What send() knew at once. */
struct refusal {
	int64_t job;
	const char *why;
};

const char *smpp_state_name(enum state state)
{
	return state_names[state];
}

static struct smpp *smpp_of(struct carrier *c)
{
	return (struct smpp *)c;
}

static void error_keep(struct smpp *s, const char *text)
{
	g_free(s->last_error);
	s->last_error = g_strdup(text);
}

static void state_set(struct smpp *s, enum state state, int64_t for_ms)
{
	s->state = state;
	s->state_until = for_ms < 0 ? -1 : clock_mono_ms() + for_ms;
	log_debug("smpp provider=%s state=%s", s->set.name, state_names[state]);
}

/* ---- requests that wait for an answer ---- */

/* Never one that is still open, so that a late answer cannot hit a new request (SMPP 3.4, 3.2). */
static uint32_t sequence_next(struct smpp *s)
{
	do
		s->sequence = s->sequence >= SEQUENCE_MAX ? 1 : s->sequence + 1;
	while (g_hash_table_contains(s->by_sequence, GUINT_TO_POINTER(s->sequence)));
	return s->sequence;
}

struct pending *smpp_pending_take(struct smpp *s, uint32_t sequence)
{
	GList *link = g_hash_table_lookup(s->by_sequence, GUINT_TO_POINTER(sequence));
	struct pending *p;

	if (!link)
		return NULL;
	p = link->data;
	g_hash_table_remove(s->by_sequence, GUINT_TO_POINTER(sequence));
	g_queue_delete_link(&s->pending, link);
	return p;
}

void smpp_outcome(struct smpp *s, int64_t job, enum carrier_result result, const char *id,
		  const char *error)
{
	if (result == CARRIER_SENT)
		s->n_sent++;
	else if (result == CARRIER_REFUSED)
		s->n_failed++;
	s->events.outcome(s->events.user, s->set.name, job, result, id, error);
}

void smpp_pending_settle(struct smpp *s, struct pending *p, enum carrier_result result, const char *id,
			 const char *error)
{
	if (p->text)
		smpp_long_settle(s, p->text, p->part, result, id, error);
	else
		smpp_outcome(s, p->job, result, id, error);
	g_free(p);
}

/* What never reached the kernel cannot have arrived. */
static void pending_settle_all(struct smpp *s, const char *why)
{
	struct pending *p;

	while ((p = g_queue_peek_head(&s->pending))) {
		bool went = wire_written(s->wire) > p->start;

		smpp_pending_take(s, p->sequence);
		smpp_pending_settle(s, p, went ? CARRIER_UNKNOWN : CARRIER_LATER, "", why);
	}
}

/* ---- the link ---- */

static int64_t backoff_ms(struct smpp *s, bool slowly)
{
	int64_t least = s->set.reconnect_min_s * 1000, most = MAX(s->set.reconnect_max_s * 1000, least);
	int64_t wait = slowly ? most : MIN(least << MIN(s->tries, 16), most);

	s->tries++;
	/* jitter: many that lost the same SMSC must not come back in the same moment */
	return wait / 2 + (int64_t)(g_random_double() * (double)(wait - wait / 2));
}

static void link_forget(struct smpp *s)
{
	wire_close(s->wire);
	smpp_join_forget(s);
	s->bind_sequence = s->enquire_sequence = s->unbind_sequence = 0;
	s->rebind = false;
}

static void link_wait(struct smpp *s, bool slowly)
{
	if (s->stopping)
		state_set(s, STOPPED, -1);
	else
		state_set(s, WAITING, backoff_ms(s, slowly));
}

static void link_lost(struct smpp *s, const char *why)
{
	int64_t now = clock_mono_ms();
	guint open = s->pending.length;

	link_forget(s);
	link_wait(s, false);
	error_keep(s, why);
	log_warn("smpp provider=%s link=lost unanswered=%u retry_ms=%lld why=%s", s->set.name, open,
		 s->state_until < 0 ? -1LL : (long long)(s->state_until - now), why);
	pending_settle_all(s, why);
}

/* Says what is queued, shows the end of the stream, and waits a moment for the peer to see it. */
void smpp_link_leave(struct smpp *s, const char *why)
{
	error_keep(s, why);
	log_warn("smpp provider=%s link=left unanswered=%u why=%s", s->set.name, s->pending.length, why);
	if (!wire_flush(s->wire, NULL)) {
		link_lost(s, why);
		return;
	}
	wire_shut(s->wire);
	state_set(s, LEAVING, LEAVE_MS);
	pending_settle_all(s, why);
}

static void bind_start(struct smpp *s)
{
	static const uint32_t commands[] = {
		[SMPP_TRANSCEIVER] = BIND_TRANSCEIVER, [SMPP_TRANSMITTER] = BIND_TRANSMITTER,
		[SMPP_RECEIVER] = BIND_RECEIVER
	};
	struct smpp_bind b = {
		.command_id = commands[s->set.role],
		.sequence_number = sequence_next(s), .system_id = s->set.system_id, .password = s->set.password,
		.system_type = s->set.system_type,
	};
	g_autoptr(GError) err = NULL;

	if (!smpp_pack_bind(wire_output(s->wire), &b, &err)) {
		log_error("smpp provider=%s bind=impossible why=%s", s->set.name, err->message);
		error_keep(s, err->message);
		link_forget(s);
		link_wait(s, true);
		return;
	}
	s->bind_sequence = b.sequence_number;
	s->heard = clock_mono_ms();
	state_set(s, BINDING, s->set.response_timeout_s * 1000);
}

static void unbind_start(struct smpp *s)
{
	s->unbind_sequence = sequence_next(s);
	smpp_pdu_queue(s, UNBIND, 0, s->unbind_sequence);
	state_set(s, UNBINDING, UNBIND_MS);
}

/* ---- what smpp_peer.c heard ---- */

void smpp_bound(struct smpp *s)
{
	s->bind_sequence = 0;
	s->tries = 0;
	s->gap_ms = s->next_send = s->slowed = 0;
	error_keep(s, "");
	state_set(s, BOUND, -1);
	log_info("smpp provider=%s state=bound host=%s port=%d", s->set.name, s->set.host, s->set.port);
}

/* Wrong password, already bound: a person must look, but it may also heal by itself, so never give up. */
void smpp_bind_refused(struct smpp *s, const char *why)
{
	g_autofree char *text = g_strdup_printf("bind refused: %s", why);

	error_keep(s, text);
	link_forget(s);
	link_wait(s, true);
	log_error("smpp provider=%s bind=refused status=%s system_id=%s", s->set.name, why, s->set.system_id);
}

void smpp_unbound(struct smpp *s)
{
	link_forget(s);
	link_wait(s, false);
	log_info("smpp provider=%s state=unbound", s->set.name);
}

static void give_back(struct smpp *s, const char *why)
{
	smpp_long_give_up(s, why);
	smpp_waiting_give_back(s, why);
}

/* Once per pause, however many of a window are refused in it. */
void smpp_slow_down(struct smpp *s)
{
	int64_t now = clock_mono_ms();

	if (now < s->slowed)
		return;
	s->gap_ms = CLAMP(s->gap_ms * 2, GAP_FIRST_MS, GAP_MAX_MS);
	s->slowed = s->next_send = now + s->gap_ms;
	log_info("smpp provider=%s throttled gap_ms=%lld", s->set.name, (long long)s->gap_ms);
	give_back(s, "the provider asks for time");
}

/* Each text that goes through adds one a second to the rate. */
void smpp_speed_up(struct smpp *s)
{
	s->gap_ms = s->gap_ms * 1000 / (1000 + s->gap_ms);
	smpp_ahead_adapt(s);
}

/* ---- one turn ---- */

static void turn_refused(struct smpp *s)
{
	struct refusal *r;

	while ((r = g_queue_pop_head(&s->refused))) {
		smpp_outcome(s, r->job, CARRIER_REFUSED, "", r->why);
		g_free(r);
	}
}

static void turn_silence(struct smpp *s, int64_t now)
{
	struct pending *p;

	while ((p = g_queue_peek_head(&s->pending)) && p->deadline <= now) {
		smpp_pending_take(s, p->sequence);
		log_warn("smpp provider=%s job=%lld submit_sm_resp=missing", s->set.name, (long long)p->job);
		smpp_pending_settle(s, p, CARRIER_UNKNOWN, "", "no answer in time");
	}
	if (s->enquire_sequence && s->enquire_until <= now) {
		link_lost(s, "no answer to enquire_link");
	} else if (!s->enquire_sequence && now - s->heard >= s->set.enquire_link_s * 1000) {
		s->enquire_sequence = sequence_next(s);
		s->enquire_until = now + s->set.response_timeout_s * 1000;
		smpp_pdu_queue(s, ENQUIRE_LINK, 0, s->enquire_sequence);
	}
}

static void turn_bound(struct smpp *s, int64_t now)
{
	turn_silence(s, now);
	if (s->state != BOUND || s->pending.length)
		return;
	if (s->stopping)
		unbind_start(s);
	else if (s->rebind)
		smpp_link_leave(s, "the provider says that we are not bound");
}

static void turn_leaving(struct smpp *s, bool over)
{
	gsize n;

	wire_input(s->wire, &n);
	wire_take(s->wire, n);
	if (!over && wire_state(s->wire) == WIRE_OPEN)
		return;
	link_forget(s);
	link_wait(s, false);
}

static void turn_waiting(struct smpp *s, bool over)
{
	if (!over)
		return;
	wire_open(s->wire, CONNECT_MS);
	state_set(s, CONNECTING, -1);
}

/* Before the bind there is nothing to finish. */
static bool turn_stopping(struct smpp *s)
{
	if (!s->stopping || (s->state != WAITING && s->state != CONNECTING && s->state != BINDING))
		return false;
	link_forget(s);
	state_set(s, STOPPED, -1);
	return true;
}

static void turn_state(struct smpp *s, int64_t now)
{
	bool over = s->state_until >= 0 && s->state_until <= now;

	if (turn_stopping(s))
		return;
	switch (s->state) {
	case WAITING:
		turn_waiting(s, over);
		break;
	case CONNECTING:
		if (wire_state(s->wire) == WIRE_OPEN)
			bind_start(s);
		break;
	case BINDING:
	case UNBINDING:
		if (over)
			link_lost(s, s->state == BINDING ? "no answer to the bind" : "no answer to unbind");
		break;
	case BOUND:
		turn_bound(s, now);
		break;
	case LEAVING:
		turn_leaving(s, over);
		break;
	case STOPPED:
	case N_LINK_STATES:
	default:
		break;
	}
}

void smpp_flush(struct smpp *s)
{
	g_autoptr(GError) err = NULL;

	if (wire_state(s->wire) == WIRE_OPEN && !wire_flush(s->wire, &err) && smpp_is_listening(s))
		link_lost(s, err->message);
}

static void smpp_turn(struct carrier *c, const struct pollfd *fds, gsize n)
{
	struct smpp *s = smpp_of(c);
	g_autoptr(GError) err = NULL;
	gsize before, after;
	bool alive;

	(void)fds;
	(void)n;
	turn_refused(s);
	wire_input(s->wire, &before);
	alive = wire_turn(s->wire, &err);
	wire_input(s->wire, &after);
	if (after > before)
		s->heard = clock_mono_ms();
	smpp_listen(s);
	if (!alive && (smpp_is_listening(s) || s->state == CONNECTING))
		link_lost(s, err->message);
	turn_state(s, clock_mono_ms());
	if (s->state != BOUND || s->stopping || s->rebind)
		give_back(s, s->stopping ? "ringback stops" : "the link is gone");
	smpp_join_turn(s, clock_mono_ms());
	smpp_long_continue(s);
	smpp_waiting_send(s);
	smpp_flush(s);
}

/* ---- the carrier ---- */

/* How many can be submitted at once. */
guint smpp_window_room(const struct smpp *s)
{
	guint room = s->set.window - MIN(s->pending.length, s->set.window);

	if (s->state != BOUND || s->stopping || s->rebind || (s->next_send && clock_mono_ms() < s->next_send))
		return 0;
	return s->gap_ms ? MIN(room, 1) : room;
}

static guint smpp_room(struct carrier *c)
{
	struct smpp *s = smpp_of(c);
	guint ahead = s->ahead - MIN(s->waiting.length, s->ahead);

	if (s->set.role == SMPP_RECEIVER)
		return 0;
	if (s->state != BOUND || s->stopping || s->rebind || s->gap_ms)
		ahead = 0;
	return smpp_window_room(s) + ahead;
}

static void pending_add(struct smpp *s, const struct smpp_submit *submit, int64_t job, guint64 start,
			const struct smpp_piece *piece)
{
	struct pending *p = g_new0(struct pending, 1);

	p->sequence = submit->sequence_number;
	p->job = job;
	p->deadline = clock_mono_ms() + s->set.response_timeout_s * 1000;
	p->start = start;
	p->text = piece->text;
	p->part = piece->part;
	g_queue_push_tail(&s->pending, p);
	g_hash_table_insert(s->by_sequence, GUINT_TO_POINTER(p->sequence), s->pending.tail);
	if (s->gap_ms)
		s->next_send = clock_mono_ms() + s->gap_ms;
}

static void refuse(struct smpp *s, int64_t job, const char *why)
{
	struct refusal *r = g_new0(struct refusal, 1);

	r->job = job;
	r->why = why;
	g_queue_push_tail(&s->refused, r);
}

bool smpp_submit_piece(struct smpp *s, const struct parcel *p, const struct smpp_piece *piece)
{
	struct smpp_address from = smpp_address_of(s->set.source_addr), to = smpp_address_of(p->to);
	char validity[17];
	uint8_t octets[TEXT_MAX];
	struct smpp_submit m = {
		.sequence_number = sequence_next(s), .source_addr = from.digits, .source_ton = from.ton,
		.source_npi = from.npi, .destination_addr = to.digits, .dest_ton = 1, .dest_npi = 1,
		.octets = piece->coded->parts[piece->part].octets, .n = piece->coded->parts[piece->part].n,
		.data_coding = piece->coded->data_coding, .validity_period = smpp_validity(p->validity_s, validity),
		.reference = p->job,
	};
	guint64 start = wire_queued(s->wire);
	g_autoptr(GError) err = NULL;

	m.payload = m.n > PART_OCTETS_MAX;
	if (piece->coded->n > 1)
		smpp_long_join(s, &m, piece, octets);
	if (to.ton == 5 || !*to.digits || !smpp_pack_submit(wire_output(s->wire), &m, &err))
		return false;
	pending_add(s, &m, p->job, start, piece);
	return true;
}

void smpp_text_submit(struct smpp *s, const struct parcel *p)
{
	AUTO_ARENA a = arena_new();
	const struct coded *coded = coding_encode(a, p->text, &s->set.coding);
	const struct smpp_piece whole = { .coded = coded };

	if (!coded)
		refuse(s, p->job, "the text is empty, or too long for one text in parts");
	else if (coded->n > 1)
		smpp_long_send(s, p, coded);
	else if (!smpp_submit_piece(s, p, &whole))
		refuse(s, p->job, "the phone is no number, or a field is longer than SMPP allows");
}

static void smpp_send(struct carrier *c, const struct parcel *p)
{
	struct smpp *s = smpp_of(c);

	g_assert(smpp_room(c));
	if (smpp_window_room(s) && !s->waiting.length && !s->parts.length)
		smpp_text_submit(s, p);
	else
		smpp_waiting_add(s, p);
}

static gsize smpp_fds(struct carrier *c, struct pollfd *fds, gsize max)
{
	return max && wire_poll(smpp_of(c)->wire, &fds[0]) ? 1 : 0;
}

/* When something is due: -1 for never. */
static int64_t next_due(struct smpp *s)
{
	const struct pending *oldest = g_queue_peek_head(&s->pending);
	int64_t due = s->state_until >= 0 ? s->state_until : G_MAXINT64;

	if (s->refused.length || smpp_long_is_due(s) || (s->stopping && s->state < UNBINDING && !oldest))
		return 0;
	due = MIN(due, smpp_join_due(s));
	if (wire_deadline(s->wire) >= 0)
		due = MIN(due, wire_deadline(s->wire));
	if (oldest)
		due = MIN(due, oldest->deadline);
	if (s->state == BOUND)
		due = MIN(due, s->enquire_sequence ? s->enquire_until : s->heard + s->set.enquire_link_s * 1000);
	if (s->state == BOUND && s->next_send > clock_mono_ms())
		due = MIN(due, s->next_send);
	return due == G_MAXINT64 ? -1 : due;
}

static int smpp_timeout_ms(struct carrier *c)
{
	int64_t due = next_due(smpp_of(c));

	return due < 0 ? -1 : (int)CLAMP(due - clock_mono_ms(), 0, 3600 * 1000);
}

static gsize smpp_status(struct carrier *c, struct carrier_status *s_r, gsize max)
{
	struct smpp *s = smpp_of(c);

	if (!max)
		return 0;
	*s_r = (struct carrier_status){
		.name = s->set.name, .up = s->state == BOUND, .state = state_names[s->state], .under_way = s->pending.length, .sent = s->n_sent,
		.failed = s->n_failed, .received = s->n_received, .last_error = s->last_error, .window = s->set.window,
	};
	return 1;
}

static void smpp_stop(struct carrier *c)
{
	smpp_of(c)->stopping = true;
}

static bool smpp_idle(struct carrier *c)
{
	struct smpp *s = smpp_of(c);

	return s->state == STOPPED && !s->refused.length && !s->pending.length && !s->waiting.length && !s->parts.length;
}

static void smpp_free(struct carrier *c)
{
	struct smpp *s = smpp_of(c);

	g_queue_clear_full(&s->pending, g_free);
	g_queue_clear_full(&s->refused, g_free);
	g_queue_clear_full(&s->waiting, smpp_waiting_free);
	g_queue_clear_full(&s->parts, smpp_long_free);
	g_hash_table_unref(s->by_sequence);
	wire_free(s->wire);
	arena_free(s->arena);
	joiner_free(s->joiner);
	smpp_settings_clear(&s->set);
	g_free(s->last_error);
	g_free(s);
}

static const struct carrier_ops smpp_ops = {
	.room = smpp_room, .send = smpp_send, .fds = smpp_fds, .timeout_ms = smpp_timeout_ms, .turn = smpp_turn,
	.status = smpp_status, .stop = smpp_stop, .idle = smpp_idle, .free = smpp_free,
};

struct carrier *smpp_new(const struct smpp_settings *settings, const struct carrier_events *events)
{
	struct smpp *s = g_new0(struct smpp, 1);

	s->carrier.ops = &smpp_ops;
	smpp_settings_copy(&s->set, settings);
	s->ahead = MIN(s->set.window, s->set.ahead);
	s->events = *events;
	s->wire = wire_new(s->set.host, s->set.port, s->set.tls);
	s->by_sequence = g_hash_table_new(NULL, NULL);
	s->arena = arena_new();
	s->joiner = joiner_new();
	s->last_error = g_strdup("");
	g_queue_init(&s->pending);
	g_queue_init(&s->refused);
	g_queue_init(&s->waiting);
	g_queue_init(&s->parts);
	state_set(s, WAITING, 0);
	return &s->carrier;
}
