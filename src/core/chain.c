#include "chain.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* Small pieces are gathered: libcrypto takes longer to be called than to hash them. */
struct pieces {
	struct sha256 *s;
	gsize n;
	uint8_t octets[512];
};

static void flush(struct pieces *p)
{
	sha256_add(p->s, p->octets, p->n);
	p->n = 0;
}

static void add(struct pieces *p, const void *octets, gsize n)
{
	if (n > sizeof(p->octets) - p->n)
		flush(p);
	if (n > sizeof(p->octets)) {
		sha256_add(p->s, octets, n);
		return;
	}
	memcpy(p->octets + p->n, octets, n);
	p->n += n;
}

static void add_number(struct pieces *p, int64_t n)
{
	const uint64_t octets = GUINT64_TO_BE((guint64)n);

	add(p, &octets, sizeof(octets));
}

static void add_text(struct pieces *p, const char *text)
{
	const gsize n = text ? strlen(text) : 0;
	const uint32_t octets = GUINT32_TO_BE((guint32)n);

	add(p, &octets, sizeof(octets));
	add(p, text ? text : "", n);
}

static void commit_to(struct sha256 *s, const char *why, const uint8_t *salt, uint8_t sum_r[SHA256_SIZE])
{
	struct pieces p;

	p.s = s;
	p.n = 0;
	memset(sum_r, 0, SHA256_SIZE);
	if (!why)
		return;
	sha256_begin(s);
	add(&p, salt, CHAIN_SALT);
	add(&p, why, strlen(why));
	flush(&p);
	sha256_end(s, sum_r);
}

static void hash_record(struct sha256 *s, const uint8_t *before, const struct journal_record *j, int64_t id,
			const uint8_t *commitment, uint8_t sum_r[SHA256_SIZE])
{
	struct pieces p;

	p.s = s;
	p.n = 0;
	sha256_begin(s);
	add(&p, before, SHA256_SIZE);
	add_number(&p, id);
	add_number(&p, j->item);
	add_number(&p, j->at);
	add_text(&p, j->who);
	add_text(&p, j->what);
	add_text(&p, j->how);
	add(&p, commitment, SHA256_SIZE);
	flush(&p);
	sha256_end(s, sum_r);
}

struct chain_link chain_next(struct sha256 *s, struct chain_head *head, const struct journal_record *j,
			     const uint8_t salt[CHAIN_SALT])
{
	struct chain_link l = { .size = CHAIN_LINK };
	uint8_t commitment[SHA256_SIZE];

	memcpy(l.octets, salt, CHAIN_SALT);
	commit_to(s, j->why, salt, commitment);
	head->id++;
	head->written = MAX(head->written, head->id);
	hash_record(s, head->hash, j, head->id, commitment, l.octets + CHAIN_SALT);
	memcpy(head->hash, l.octets + CHAIN_SALT, SHA256_SIZE);
	return l;
}

struct chain_link chain_forget(struct sha256 *s, const struct journal_record *j, const struct chain_link *l)
{
	struct chain_link forgotten = { .size = CHAIN_FORGOTTEN };

	if (l->size != CHAIN_LINK)
		return *l;
	commit_to(s, j->why, l->octets, forgotten.octets);
	memcpy(forgotten.octets + SHA256_SIZE, l->octets + CHAIN_SALT, SHA256_SIZE);
	return forgotten;
}

const char *chain_check(struct sha256 *s, struct chain_head *head, const struct journal_record *j,
			const struct chain_link *l)
{
	uint8_t commitment[SHA256_SIZE], sum[SHA256_SIZE];

	if (j->id != head->id + 1)
		return "the record before it is missing";
	if (l->size != CHAIN_LINK && l->size != CHAIN_FORGOTTEN)
		return "its hash is damaged";
	if (l->size == CHAIN_FORGOTTEN && j->why)
		return "it was forgotten, and yet has a reason";
	if (l->size == CHAIN_FORGOTTEN)
		memcpy(commitment, l->octets, SHA256_SIZE);
	else
		commit_to(s, j->why, l->octets, commitment);
	hash_record(s, head->hash, j, j->id, commitment, sum);
	if (memcmp(sum, l->octets + l->size - SHA256_SIZE, SHA256_SIZE) != 0)
		return "it is not what was written, or another was before it";
	head->id = j->id;
	memcpy(head->hash, sum, SHA256_SIZE);
	return NULL;
}

void chain_head_text(const struct chain_head *h, char text_r[CHAIN_HEAD_TEXT])
{
	const int n = snprintf(text_r, 21, "%" G_GINT64_FORMAT, (gint64)h->id);

	text_r[n] = ':';
	hex_text(h->hash, SHA256_SIZE, text_r + n + 1);
}

bool chain_head_read(const char *text, struct chain_head *h_r)
{
	const char *colon = strchr(text, ':');
	g_autofree char *id = colon ? g_strndup(text, (gsize)(colon - text)) : NULL;

	memset(h_r, 0, sizeof(*h_r));
	if (!id || !text_to_long(id, 0, INT64_MAX, &h_r->id) || strlen(colon + 1) != 2 * SHA256_SIZE)
		return false;
	for (guint k = 0; k < 2 * SHA256_SIZE; k++) {
		const int digit = g_ascii_xdigit_value(colon[1 + k]);

		if (digit < 0)
			return false;
		h_r->hash[k / 2] |= (uint8_t)(k % 2 ? digit : digit << 4);
	}
	return true;
}
