/* What the peer says: each command in the states in which it may come, and what follows from it. */
#include "smpp_private.h"

#include "log.h"
#include "smpp_words.h"

#define GENERIC_NACK 0x80000000u
#define STATUS_RINVCMDLEN 0x02
#define STATUS_RINVCMDID 0x03
#define STATUS_RINVBNDSTS 0x04
#define STATUS_RX_T_APPN 0x64
#define STATUS_RX_R_APPN 0x66
#define ESM_TYPE 0x3c
#define ESM_RECEIPT 0x04

void smpp_pdu_queue(struct smpp *s, uint32_t command_id, uint32_t status, uint32_t sequence)
{
	g_autoptr(GError) err = NULL;

	if (!smpp_pack_simple(wire_output(s->wire), command_id, status, sequence, NULL, &err))
		log_error("smpp provider=%s pack=failed why=%s", s->set.name, err->message);
}

static void take_bind_resp(struct smpp *s, const struct smpp_pdu *p)
{
	char name[40];

	if (p->sequence_number != s->bind_sequence)
		return;
	if (p->command_status == 0)
		smpp_bound(s);
	else
		smpp_bind_refused(s, smpp_status_name(p->command_status, name));
}

static enum carrier_result refusal(struct smpp *s, uint32_t status)
{
	switch (smpp_verdict(status)) {
	case SMPP_FINAL:
		return CARRIER_REFUSED;
	case SMPP_SLOWER:
		smpp_slow_down(s);
		return CARRIER_LATER;
	case SMPP_REBIND:
		s->rebind = true;
		return CARRIER_LATER;
	case SMPP_FINE:
	case SMPP_TEMPORARY:
	default:
		return CARRIER_LATER;
	}
}

static void take_submit_resp(struct smpp *s, const struct smpp_pdu *p)
{
	struct pending *w = smpp_pending_take(s, p->sequence_number);
	char name[40];

	if (!w) {
		log_info("smpp provider=%s late=submit_sm_resp sequence=%u", s->set.name, p->sequence_number);
		return;
	}
	if (p->command_status == 0 && p->command_id != GENERIC_NACK) {
		smpp_speed_up(s);
		smpp_pending_settle(s, w, CARRIER_SENT, p->message_id, "");
		return;
	}
	smpp_status_name(p->command_status, name);
	log_info("smpp provider=%s job=%lld status=%s", s->set.name, (long long)w->job, name);
	smpp_pending_settle(s, w, refusal(s, p->command_status), "", name);
}

static bool deliver_receipt(struct smpp *s, const struct smpp_pdu *p, const char *id, const char *state)
{
	bool on_the_way = (p->esm_class & ESM_TYPE) != ESM_RECEIPT;	/* an intermediate notification is never the end */
	struct receipt r = {
		.id = id, .from = *p->source_addr ? smpp_phone(s->arena, p->source_addr, p->source_ton) : "",
		.final = !on_the_way && smpp_state_is_final(state), .delivered = smpp_state_is_delivered(state),
		.state = state,
	};
	char number[24];

	log_debug("smpp provider=%s receipt state=%s from=%s", s->set.name, state, log_number(r.from, number));
	return s->events.receipted(s->events.user, s->set.name, &r);
}

static bool deliver_text(struct smpp *s, const struct smpp_pdu *p)
{
	const char *phone = smpp_phone(s->arena, p->source_addr, p->source_ton);
	char number[24];

	if (p->esm_class & ESM_TYPE) {	/* acknowledgements by handsets: nobody asked for them */
		log_info("smpp provider=%s ignored esm_class=0x%02x", s->set.name, p->esm_class);
		return true;
	}
	log_debug("smpp provider=%s received from=%s", s->set.name, log_number(phone, number));
	if (!s->events.received(s->events.user, s->set.name, phone, smpp_text(s->arena, p, s->set.coding.alphabet)))
		return false;
	s->n_received++;
	return true;
}

/* Answered "later" when it could not be made durable: then the SMSC sends it again. */
static void take_deliver(struct smpp *s, const struct smpp_pdu *p)
{
	const char *id, *state;
	struct smpp_concat concat;
	bool kept;

	if (!(p->esm_class & ESM_TYPE) && smpp_concat(p, &concat) && concat.total <= JOINER_PARTS_MAX) {
		smpp_join_part(s, p, &concat);
		return;
	}
	kept = smpp_receipt(p, s->arena, &id, &state) ? deliver_receipt(s, p, id, state) : deliver_text(s, p);

	if (!kept)
		log_warn("smpp provider=%s deliver_sm=not_kept", s->set.name);
	smpp_pdu_queue(s, p->command_id | RESPONSE, kept ? 0 : STATUS_RX_T_APPN, p->sequence_number);
}

static void take_enquire_link(struct smpp *s, const struct smpp_pdu *p)
{
	smpp_pdu_queue(s, ENQUIRE_LINK | RESPONSE, 0, p->sequence_number);
}

static void take_enquire_resp(struct smpp *s, const struct smpp_pdu *p)
{
	if (p->sequence_number == s->enquire_sequence)
		s->enquire_sequence = 0;
}

static void take_unbind(struct smpp *s, const struct smpp_pdu *p)
{
	smpp_pdu_queue(s, UNBIND | RESPONSE, 0, p->sequence_number);
	smpp_link_leave(s, "the provider unbinds");
}

static void take_unbind_resp(struct smpp *s, const struct smpp_pdu *p)
{
	if (p->sequence_number == s->unbind_sequence)
		smpp_unbound(s);
}

static void take_nothing(struct smpp *s, const struct smpp_pdu *p)
{
	log_debug("smpp provider=%s ignored command=0x%08x", s->set.name, p->command_id);
}

/* A generic_nack is the answer to whatever had its number. */
static void take_nack(struct smpp *s, const struct smpp_pdu *p)
{
	if (p->sequence_number && p->sequence_number == s->bind_sequence) {
		struct smpp_pdu refused = *p;

		refused.command_status = p->command_status ? p->command_status : STATUS_RINVCMDID;
		take_bind_resp(s, &refused);
	} else if (p->sequence_number && p->sequence_number == s->enquire_sequence) {
		s->enquire_sequence = 0;	/* clumsy, but a sign of life */
	} else if (p->command_status == STATUS_RINVCMDLEN && !p->sequence_number) {
		smpp_link_leave(s, "the provider lost the thread (generic_nack)");
	} else {
		take_submit_resp(s, p);
	}
}

#define IN(state) (1u << (state))
#define IN_BOUND (IN(BOUND) | IN(UNBINDING))

/* What may come in which state (SMPP 3.4, 2.3). */
static const struct handler {
	uint32_t command_id;
	guint states;
	void (*take)(struct smpp *s, const struct smpp_pdu *p);
} handlers[] = {
	{ BIND_TRANSCEIVER | RESPONSE, IN(BINDING), take_bind_resp },
	{ BIND_TRANSMITTER | RESPONSE, IN(BINDING), take_bind_resp },
	{ BIND_RECEIVER | RESPONSE, IN(BINDING), take_bind_resp },
	{ SUBMIT_SM | RESPONSE, IN_BOUND, take_submit_resp },
	{ DELIVER_SM, IN_BOUND, take_deliver },
	{ DATA_SM, IN_BOUND, take_deliver },
	{ ENQUIRE_LINK, IN(BINDING) | IN_BOUND, take_enquire_link },
	{ ENQUIRE_LINK | RESPONSE, IN_BOUND, take_enquire_resp },
	{ UNBIND, IN(BINDING) | IN_BOUND, take_unbind },
	{ UNBIND | RESPONSE, IN(UNBINDING), take_unbind_resp },
	{ GENERIC_NACK, IN(BINDING) | IN_BOUND, take_nack },
	{ ALERT_NOTIFICATION, IN_BOUND, take_nothing },
	{ OUTBIND, IN(BINDING) | IN_BOUND, take_nothing },
};

/* A request is never left without an answer; an answer that nobody waits for is dropped. */
static void take_unexpected(struct smpp *s, const struct smpp_pdu *p, bool known)
{
	log_info("smpp provider=%s unexpected command=0x%08x state=%s", s->set.name, p->command_id,
		 smpp_state_name(s->state));
	if (!(p->command_id & RESPONSE))
		smpp_pdu_queue(s, GENERIC_NACK, known ? STATUS_RINVBNDSTS : STATUS_RINVCMDID, p->sequence_number);
}

static void take_pdu(struct smpp *s, const struct smpp_pdu *p)
{
	bool known = false;

	for (gsize i = 0; i < G_N_ELEMENTS(handlers); i++) {
		const struct handler *h = &handlers[i];

		if (h->command_id != p->command_id)
			continue;
		known = true;
		if (h->states & IN(s->state)) {
			h->take(s, p);
			return;
		}
	}
	take_unexpected(s, p, known);
}

/* The header holds, the body does not. An answer is worth its status alone; a text that cannot be read now cannot be
 * read later either, so the peer shall not send it for ever. */
static void take_malformed(struct smpp *s, const struct smpp_pdu *p)
{
	log_warn("smpp provider=%s malformed command=0x%08x", s->set.name, p->command_id);
	if (p->command_id & RESPONSE)
		take_pdu(s, p);
	else if (p->command_id == DELIVER_SM || p->command_id == DATA_SM)
		smpp_pdu_queue(s, p->command_id | RESPONSE, STATUS_RX_R_APPN, p->sequence_number);
	else
		smpp_pdu_queue(s, GENERIC_NACK, STATUS_RINVCMDLEN, p->sequence_number);
}

bool smpp_is_listening(const struct smpp *s)
{
	return s->state == BINDING || s->state == BOUND || s->state == UNBINDING;
}

void smpp_listen(struct smpp *s)
{
	while (smpp_is_listening(s)) {
		gsize n, size;
		const uint8_t *buf = wire_input(s->wire, &n);
		struct smpp_pdu p;
		enum smpp_decode done;

		arena_reset(s->arena);
		done = smpp_decode(buf, n, SMPP_PDU_MAX, s->arena, &p, &size);
		if (done == SMPP_INCOMPLETE)
			return;
		if (done == SMPP_BAD_LENGTH) {
			smpp_pdu_queue(s, GENERIC_NACK, STATUS_RINVCMDLEN, 0);
			smpp_link_leave(s, "a PDU of impossible length");
			return;
		}
		if (done == SMPP_DECODED)
			take_pdu(s, &p);
		else
			take_malformed(s, &p);
		wire_take(s->wire, size);
	}
}

