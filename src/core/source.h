/* source.h - who may speak for which PBX. Pure.
 *
 * A source is a set of conditions on where a mail comes from. All that it gives must hold; of the values of one, any.
 * Mail that fits no source is just mail, whatever it says. */
#ifndef RINGBACK_SOURCE_H
#define RINGBACK_SOURCE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct profile_set;

/* An IP address; IPv4 inside IPv6 is IPv4 (RFC 4291, 2.5.5.2). family 0: none. */
struct address {
	int family;		/* AF_INET, AF_INET6 */
	uint8_t octets[16];
};

/* Addresses with the same first bits; or the mail handed in by sendmail(1) on this host, which has no client. */
struct network {
	bool sendmail;
	struct address address;
	int prefix;
};

struct source {
	char *name;
	GArray *networks;	/* struct network; empty: from anywhere */
	/* NULL-terminated; NULL: not asked for */
	char **auth;		/* names of SMTP AUTH, as they are */
	char **senders;		/* of the envelope, no letter case: "pbx@example.com", "@pbx.example.com" */
	char **dkim;		/* domains that signed, in lower case */
	char **profiles;	/* as the configuration names them; for people */
	struct profile_set *allowed;	/* the same, to read with; NULL: all */
	bool generic;		/* may mail that no profile reads be read by its words? */
	char *region, *zone;	/* of what its PBX writes; never NULL */
};

void source_free(struct source *s);

/* How much is known of a mail. */
enum origin_known {
	ORIGIN_ENVELOPE,	/* client, auth, sender: as soon as there is a sender */
	ORIGIN_AUTHOR,		/* and the From field */
	ORIGIN_HEADER,		/* and the rest of the header */
};

struct origin {
	enum origin_known known;
	struct address client;
	bool sendmail;
	const char *auth;	/* NULL: did not authenticate */
	const char *sender;	/* "" for a bounce */
	const char *author;	/* the domain of From, see authres_author(); NULL: none that could be told */
	const char *const *dkim;	/* domains whose signature passed, in lower case, NULL-terminated; NULL: none */
};

/* octets: 4 or 16 of them, as in a struct in_addr or in6_addr. */
struct address address_of_octets(int family, const void *octets);
/* "192.0.2.9", "2001:db8::1", with "IPv6:" before it as Postfix writes, "::ffff:192.0.2.9". */
bool address_read(const char *text, struct address *a_r);
/* "192.0.2.0/24", "2001:db8::1", "sendmail" */
bool network_read(const char *text, struct network *n_r);

/* The first that fits. NULL with *later_r: that cannot be said before more is known of the mail, and it may be one; NULL
 * without: none does, whatever else the mail says. sources holds struct source *.
 *
 * A domain of dkim vouches for From at that very domain, and above and below it (RFC 7489, 3.1.1, relaxed). */
const struct source *source_find(const GPtrArray *sources, const struct origin *o, bool *later_r);

#endif
