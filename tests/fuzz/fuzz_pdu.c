/* What an SMSC sends, from the first octet to the text that a person wrote. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "joiner.h"
#include "smpp_pdu.h"
#include "smpp_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All as if from one phone, at one time. */
static void join(struct joiner *joiner, const struct smpp_pdu *p, struct arena *a)
{
	struct joiner_part part = { .phone = "+447700900123", .coding = coding_of(p->data_coding, CODING_GSM) };
	struct joined *t;

	if (!smpp_concat(p, &part.concat) || part.concat.total > JOINER_PARTS_MAX)
		return;
	part.octets = smpp_octets(p, &part.n);
	t = joiner_add(joiner, &part, 0);
	g_assert(t->have <= t->total);
	g_assert(g_utf8_validate(joined_text(t, a), -1, NULL));
	if (t->have == t->total)
		joined_done(t);
	while ((t = joiner_due(joiner, 0)))
		joiner_remove(joiner, t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct joiner *joiner = joiner_new();
	AUTO_ARENA a = arena_new();
	gsize used = 0;

	while (used < size) {
		struct smpp_pdu p;
		const char *id, *state;
		gsize n;
		enum smpp_decode done = smpp_decode(data + used, size - used, SMPP_PDU_MAX, a, &p, &n);

		if (done == SMPP_INCOMPLETE || done == SMPP_BAD_LENGTH)
			break;
		g_assert(n >= 16 && n <= size - used && p.n_tlvs <= SMPP_TLV_MAX);
		if (smpp_receipt(&p, a, &id, &state))
			g_assert(strlen(id) <= 64 && strlen(state) <= 16);
		for (enum coding c = CODING_GSM; c <= CODING_ASCII; c++)
			g_assert(g_utf8_validate(smpp_text(a, &p, c), -1, NULL));
		join(joiner, &p, a);
		g_assert(g_utf8_validate(smpp_phone(a, p.source_addr, p.source_ton), -1, NULL));
		used += n;
	}
	joiner_free(joiner);
	return 0;
}
