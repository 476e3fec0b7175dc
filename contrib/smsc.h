/* smsc.h - the pretend SMSC: connections and texts (smsc.c), the phone's screen (smsc_show.c), options (ringback-smsc.c). */
#ifndef RINGBACK_SMSC_H
#define RINGBACK_SMSC_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "coding.h"

enum conn_kind { CONN_ESME, CONN_CONTROL, CONN_STDIN };

struct conn;

/* One to a program. Set what is above the line, then smsc_init(). */
extern struct smsc {
	const char *system_id;		/* NULL: any */
	const char *password;		/* NULL: any */
	int64_t delay_ms;		/* until a submit_sm is answered */
	const char *receipts;		/* state word of receipts, NULL for none */
	enum coding alphabet;		/* of data_coding 0 */
	FILE *log;			/* NULL: none */
	int listener, control_listener;	/* -1: none */
	/* ---- */
	GPtrArray *conns;		/* struct conn */
	GQueue delayed, delivers;
	struct joiner *joiner;		/* texts in parts */
	GHashTable *senders;		/* phone -> source_addr of the last text to it */
	guint64 last_conn;
	uint32_t last_message;
	bool quit;			/* somebody said so */
} smsc;

void smsc_init(void);
void smsc_clear(void);
struct conn *conn_add(enum conn_kind kind, int fd);	/* takes fd */
void smsc_turn(void);					/* waits, at most a second, and does what is to do */

/* The text as a phone would show it, on standard output. Strings are UTF-8. parts 0: as many as it takes. */
void smsc_show(const char *to, const char *from, const char *text, enum coding coding, guint parts);

/* One line of JSON into the log. Ends the program when it cannot be written: a count with holes is no count. */
void smsc_log(const char *to, const char *from, const char *text, const char *id, int64_t reference);

#endif
