/* What an SMSC sends, from the first octet to the text that a person wrote. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "smpp_pdu.h"
#include "smpp_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
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
		g_assert(g_utf8_validate(smpp_text(a, &p), -1, NULL));
		g_assert(g_utf8_validate(smpp_phone(a, p.source_addr, p.source_ton), -1, NULL));
		used += n;
	}
	return 0;
}
