#include "edits_send.h"

#include <string.h>

#include "cork.h"

/* With HDR_LEADSPC nobody but us puts the blank after the colon. */
char *edits_spaced(const char *value, bool leading_space, struct arena *a)
{
	return value && leading_space ? arena_printf(a, " %s", value) : (char *)value;
}

static bool send_headers(SMFICTX *ctx, const struct edits *e, bool leading_space, struct arena *a)
{
	for (gsize i = 0; i < e->n_headers; i++) {
		const struct edit_header *h = &e->headers[i];
		char *name = (char *)h->name, *value = edits_spaced(h->value, leading_space, a);
		int r = h->index > 0 ? smfi_chgheader(ctx, name, h->index, value) : smfi_addheader(ctx, name, value);

		if (r != MI_SUCCESS)
			return false;
	}
	return true;
}

/* ORCPT keeps the address that the PBX wrote in what the owner's mail server says of the mail (RFC 3461, 4). */
static bool send_added(SMFICTX *ctx, const struct edits *e)
{
	g_autofree char *orcpt = e->orcpt ? g_strconcat("ORCPT=rfc822;", e->orcpt, NULL) : NULL;

	for (const char **p = e->add; p && *p; p++) {
		char *rcpt = (char *)*p;

		if ((orcpt ? smfi_addrcpt_par(ctx, rcpt, orcpt) : smfi_addrcpt(ctx, rcpt)) != MI_SUCCESS)
			return false;
	}
	return true;
}

static bool send_piece(SMFICTX *ctx, struct piece piece)
{
	unsigned char *p = (unsigned char *)piece.at;

	for (gsize left = piece.size; left > 0;) {
		int n = (int)MIN(left, MILTER_CHUNK_SIZE);

		if (smfi_replacebody(ctx, p, n) != MI_SUCCESS)
			return false;
		p += n;
		left -= (gsize)n;
	}
	return true;
}

/* Each call of libmilter is a packet of its own: a small body goes in one. */
static bool send_joined(SMFICTX *ctx, const struct piece *body, struct arena *a)
{
	char *all = arena_alloc(a, splice_size(body)), *to = all;

	for (gsize i = 0; i < SPLICE_PIECES; i++) {
		if (body[i].size)
			memcpy(to, body[i].at, body[i].size);
		to += body[i].size;
	}
	return send_piece(ctx, (struct piece){ all, (gsize)(to - all) });
}

/* Another edit between two pieces would be refused by Postfix. */
static bool send_body(SMFICTX *ctx, const struct piece *body, struct arena *a)
{
	if (!body)
		return true;
	if (splice_size(body) <= MILTER_CHUNK_SIZE)
		return send_joined(ctx, body, a);
	for (gsize i = 0; i < SPLICE_PIECES; i++)
		if (!send_piece(ctx, body[i]))
			return false;
	return true;
}

static bool send_removed(SMFICTX *ctx, const struct edits *e)
{
	for (const char **p = e->remove; p && *p; p++)
		if (smfi_delrcpt(ctx, (char *)*p) != MI_SUCCESS)
			return false;
	return true;
}

/* Postfix applies each edit as it arrives. In this order a mail that we abandon half-way has more recipients than it
 * should, never fewer; that they leave together changes nothing of it. */
bool edits_send(SMFICTX *ctx, const struct edits *e, bool leading_space, struct arena *a)
{
	bool ok;

	cork_begin();
	ok = send_headers(ctx, e, leading_space, a) && send_added(ctx, e) && send_body(ctx, e->body, a) &&
	     send_removed(ctx, e);
	return cork_end() && ok;
}
