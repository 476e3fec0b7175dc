/* edits.h - the edits of one mail, made ready in memory before the first is sent. Pure but for the arena. */
#ifndef RINGBACK_EDITS_H
#define RINGBACK_EDITS_H

#include "arena.h"
#include "conf.h"
#include "decide.h"
#include "splice.h"

struct edit_header {
	const char *name, *value;	/* value NULL: delete */
	int index;			/* which of that name, from 1: changed or deleted; 0: added at the end */
};

struct edits {
	struct edit_header *headers;
	gsize n_headers;
	const char **add;		/* recipients with angle brackets, NULL-terminated */
	const char **remove;		/* likewise; each as the envelope spelled it */
	const char *orcpt;		/* first original recipient in xtext (RFC 3461, 4), for each of add:
					 * "ORCPT=rfc822;" and this; NULL if there is none */
	const struct piece *body;	/* SPLICE_PIECES of them, which may lie in the mail; NULL: the body stays */
};

/* A mail as the session collected it. */
struct edits_mail {
	const char *const *rcpts;	/* as the envelope had them, brackets and all; NULL-terminated */
	const char *const *rcpt_args;	/* unused places are "" ; same length */
	const char *head;		/* all header fields as received, LF or CRLF line ends, without the blank line */
	gsize head_size;
	const char *body;		/* NULL if it was over body_max: then headers only */
	gsize body_size;
	bool from_sendmail;
	const char *myorigin;		/* for sendmail's bare names; "" if unknown */
};

/* Gives the edits for a decision MAIL_EDIT or MAIL_AUDIT. The PBX's own body lies between our parts octet for octet; a
 * mail with a DKIM-Signature keeps body and signed headers. Never adds a recipient that is there already, never removes
 * one that is added, never leaves none. */
struct edits *edits_make(const struct conf *conf, const struct decision *d, const struct event *e,
			 const struct edits_mail *m, struct arena *a);

/* Forged control headers of mail that is not from a trusted PBX: X-Ringback-*, X-Zammad-*, X-OTRS-*. */
bool edits_header_forged(const char *name);

#endif
