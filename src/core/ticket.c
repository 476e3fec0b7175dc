#include "ticket.h"

#include <string.h>

#include "text.h"

#define DIGEST_SIZE 32

/* RFC 4648, 6, in lower case: mail servers fold the case of addresses, and people read them aloud. */
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static void make_token(const char *key, const struct item *i, char token_r[TICKET_TOKEN_SIZE + 1])
{
	/* created: an item of another store with the same number has another token. */
	g_autofree char *what = g_strdup_printf("ringback reply %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, (gint64)i->id,
						(gint64)i->created);
	guint8 digest[DIGEST_SIZE];
	gsize size = sizeof(digest);
	GHmac *mac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)key, strlen(key));
	guint bits = 0, have = 0;
	gsize at = 0;

	g_hmac_update(mac, (const guchar *)what, -1);
	g_hmac_get_digest(mac, digest, &size);
	g_hmac_unref(mac);
	for (gsize n = 0; n < TICKET_TOKEN_SIZE; n++) {
		if (have < 5) {
			bits = bits << 8 | digest[at++];
			have += 8;
		}
		have -= 5;
		token_r[n] = alphabet[bits >> have & 31];
	}
	token_r[TICKET_TOKEN_SIZE] = '\0';
}

static bool configured(const struct rules *r)
{
	return r->reply_address && *r->reply_address && r->reply_keys && r->reply_keys[0];
}

const char *ticket_address(struct arena *a, const struct rules *r, const struct item *i)
{
	char token[TICKET_TOKEN_SIZE + 1];
	const char *at;

	if (!configured(r))
		return "";
	make_token(r->reply_keys[0], i, token);
	at = strrchr(r->reply_address, '@');
	return arena_printf(a, "%.*s+%s-%" G_GINT64_FORMAT "-%s%s", (int)(at - r->reply_address), r->reply_address,
			    r->item_prefix, (gint64)i->id, token, at);
}

/* Goes past what, without regard to letter case. */
static bool skip(const char **p, const char *what, gsize n)
{
	if (g_ascii_strncasecmp(*p, what, n) != 0)
		return false;
	*p += n;
	return true;
}

static bool read_item(const char **p, int64_t *item_r)
{
	gsize n = strspn(*p, "0123456789");
	g_autofree char *digits = g_strndup(*p, n);

	*p += n;
	return n <= 18 && text_to_long(digits, 1, G_MAXINT64, item_r);
}

static bool read_token(const char **p, char token_r[TICKET_TOKEN_SIZE + 1])
{
	for (gsize n = 0; n < TICKET_TOKEN_SIZE; n++) {
		token_r[n] = g_ascii_tolower(*(*p)++);
		if (!token_r[n] || !strchr(alphabet, token_r[n]))
			return false;
	}
	token_r[TICKET_TOKEN_SIZE] = '\0';
	return true;
}

bool ticket_read(const struct rules *r, const char *address, struct ticket *t_r)
{
	const char *p = address + (*address == '<'), *at;

	if (!configured(r))
		return false;
	at = strrchr(r->reply_address, '@');
	return skip(&p, r->reply_address, (gsize)(at - r->reply_address)) && skip(&p, "+", 1) &&
	       skip(&p, r->item_prefix, strlen(r->item_prefix)) && skip(&p, "-", 1) && read_item(&p, &t_r->item) &&
	       skip(&p, "-", 1) && read_token(&p, t_r->token) && skip(&p, at, strlen(at)) &&
	       strcmp(p, *address == '<' ? ">" : "") == 0;
}

/* No early end that would tell how much of it is right. */
static bool is_same(const char *one, const char *other)
{
	guint differs = 0;

	for (gsize n = 0; n < TICKET_TOKEN_SIZE; n++)
		differs |= (guint)(one[n] ^ other[n]);
	return differs == 0;
}

bool ticket_fits(const struct rules *r, const struct ticket *t, const struct item *i)
{
	bool fits = false;

	for (char **key = r->reply_keys; configured(r) && i->id == t->item && *key; key++) {
		char token[TICKET_TOKEN_SIZE + 1];

		make_token(*key, i, token);
		fits |= is_same(token, t->token);
	}
	return fits;
}
