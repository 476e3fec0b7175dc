#include "source.h"

#include <arpa/inet.h>
#include <string.h>

#include "profile.h"
#include "text.h"

enum fit { FIT_NO, FIT_LATER, FIT_YES };

void source_free(struct source *s)
{
	if (!s)
		return;
	g_free(s->name);
	if (s->networks)
		g_array_unref(s->networks);
	g_strfreev(s->auth);
	g_strfreev(s->senders);
	g_strfreev(s->dkim);
	g_strfreev(s->profiles);
	profile_set_free(s->allowed);
	g_free(s->region);
	g_free(s->zone);
	g_free(s);
}

/* ---- addresses ---- */

struct address address_of_octets(int family, const void *octets)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	const uint8_t *from = octets;
	struct address a = { .family = family };

	if (family == AF_INET6 && memcmp(from, mapped, sizeof(mapped)) == 0) {
		a.family = AF_INET;
		from += sizeof(mapped);
	}
	memcpy(a.octets, from, a.family == AF_INET ? 4 : 16);
	return a;
}

bool address_read(const char *text, struct address *a_r)
{
	uint8_t octets[16];

	*a_r = (struct address){ 0 };
	if (g_ascii_strncasecmp(text, "IPv6:", 5) == 0)
		text += 5;
	if (inet_pton(AF_INET, text, octets) == 1)
		*a_r = address_of_octets(AF_INET, octets);
	else if (inet_pton(AF_INET6, text, octets) == 1)
		*a_r = address_of_octets(AF_INET6, octets);
	return a_r->family != 0;
}

bool network_read(const char *text, struct network *n_r)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	int64_t prefix;

	*n_r = (struct network){ .sendmail = g_ascii_strcasecmp(text, "sendmail") == 0 };
	if (n_r->sendmail)
		return true;
	if (!parts[0] || !address_read(parts[0], &n_r->address))
		return false;
	prefix = n_r->address.family == AF_INET ? 32 : 128;
	if (parts[1] && !text_to_long(parts[1], 0, prefix, &prefix))
		return false;
	n_r->prefix = (int)prefix;
	return true;
}

static bool covers(const struct network *n, const struct address *a)
{
	int octets = n->prefix / 8, rest = n->prefix % 8;

	if (n->address.family != a->family || memcmp(n->address.octets, a->octets, (gsize)octets) != 0)
		return false;
	return rest == 0 || (n->address.octets[octets] ^ a->octets[octets]) >> (8 - rest) == 0;
}

/* ---- one condition each ---- */

static bool network_fits(const struct source *s, const struct origin *o)
{
	for (guint i = 0; i < s->networks->len; i++) {
		const struct network *n = &g_array_index(s->networks, struct network, i);

		if (o->sendmail ? n->sendmail : !n->sendmail && o->client.family && covers(n, &o->client))
			return true;
	}
	return s->networks->len == 0;
}

static bool auth_fits(const struct source *s, const struct origin *o)
{
	return !s->auth || (o->auth && g_strv_contains((const char *const *)s->auth, o->auth));
}

static bool sender_fits(const struct source *s, const struct origin *o)
{
	const char *domain = o->sender ? strrchr(o->sender, '@') : NULL;

	for (char **sender = s->senders; domain && sender && *sender; sender++)
		if (g_ascii_strcasecmp(*sender, **sender == '@' ? domain : o->sender) == 0)
			return true;
	return !s->senders;
}

/* Is it the domain itself, or one below it? */
static bool is_within(const char *domain, const char *top)
{
	gsize n = strlen(domain), top_n = strlen(top);

	return n >= top_n && strcmp(domain + n - top_n, top) == 0 && (n == top_n || domain[n - top_n - 1] == '.');
}

static bool is_aligned(const char *author, const char *signer)
{
	return is_within(author, signer) || (is_within(signer, author) && strchr(author, '.'));
}

static enum fit dkim_fits(const struct source *s, const struct origin *o)
{
	if (!s->dkim)
		return FIT_YES;
	if (o->known == ORIGIN_ENVELOPE)
		return FIT_LATER;
	for (char **d = s->dkim; o->author && *d; d++) {
		if (!is_aligned(o->author, *d))
			continue;
		if (o->known == ORIGIN_AUTHOR)
			return FIT_LATER;
		if (o->dkim && g_strv_contains(o->dkim, *d))
			return FIT_YES;
	}
	return FIT_NO;
}

const struct source *source_find(const GPtrArray *sources, const struct origin *o, bool *later_r)
{
	*later_r = false;
	for (guint i = 0; i < sources->len; i++) {
		const struct source *s = sources->pdata[i];
		enum fit fit = network_fits(s, o) && auth_fits(s, o) && sender_fits(s, o) ? dkim_fits(s, o) : FIT_NO;

		if (fit == FIT_YES)
			return s;
		if (fit == FIT_LATER) {
			*later_r = true;
			return NULL;
		}
	}
	return NULL;
}
