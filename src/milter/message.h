/* message.h - one mail as a session collects it, and what becomes of it at its end. */
#ifndef RINGBACK_MESSAGE_H
#define RINGBACK_MESSAGE_H

#include <glib.h>
#include <libmilter/mfapi.h>
#include <stdbool.h>

#include "arena.h"
#include "conf.h"
#include "engine.h"

/* Where message_end() and message_wanted() count; each is an atomic. */
enum tally {
	TALLY_CONNECTIONS, TALLY_MESSAGES, TALLY_FOREIGN, TALLY_NOTICES, TALLY_EDITED, TALLY_SWALLOWED, TALLY_PASSED,
	TALLY_FORGED, TALLY_COMMANDS, TALLY_STORE_FAILURES, N_TALLIES
};
void tally(enum tally t);
guint64 tally_get(enum tally t);

/* A message between MAIL and its end. conf NULL: there is none. All but the address of the struct belongs to it. */
struct message {
	struct conf *conf;	/* the snapshot it began with */
	struct origin origin;	/* what is known of where it comes from */
	const struct source *source;	/* who speaks; NULL: nobody that may, or it is pending */
	bool pending;		/* the header says whether it has a source */
	bool null_sender;
	struct ticket *ticket;	/* it goes to the address of an item: no notice, whoever sent it; NULL: it does not */
	const char *ticket_rcpt;	/* that, as the envelope spelled it */
	const char *from;	/* with a ticket: the one address in From; NULL: none that could be told */
	guint n_rcpts;
	GPtrArray *authres;	/* while pending: values of Authentication-Results, the topmost first */
	bool has_received, has_author;	/* while pending: was there such a field? */
	bool leading_space;	/* header values come and go with the blank after the colon */
	struct arena *arena;	/* NULL until needed: foreign mail takes no memory */
	GPtrArray *rcpts, *rcpt_args;	/* as the envelope had them; NULL-terminated at the end */
	char *mail;		/* header fields, then the blank line, then the body */
	gsize mail_size, mail_room;
	gsize head_size;	/* of mail, without the blank line; set at the end of the header */
	bool over, body_over;	/* more header or recipients than we keep; more body */
	GPtrArray *forged;	/* names of forged headers of a mail without a source, one entry for each time */
};

/* Takes the reference of conf. What o points to is copied if it is needed later. */
void message_begin(struct message *m, struct conf *conf, const struct origin *o);
void message_reset(struct message *m);		/* as if there had been no MAIL; safe at any time */

void message_add_rcpt(struct message *m, char **argv);
void message_add_header(struct message *m, const char *name, const char *value);
void message_add_body(struct message *m, const char *chunk, gsize size);

/* At the end of the header: must we see the rest? If not, it has been counted and logged. myhostname: of the mail
 * server; NULL if it did not say. */
bool message_wanted(struct message *m, const char *queue_id, const char *myhostname);

/* At the end of the message: decides, sends the edits, and gives the answer for the mail server. */
sfsistat message_end(struct message *m, SMFICTX *ctx, struct engine *e);

#endif
