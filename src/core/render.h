/* render.h - what we add to a mail besides the card: headers, the machine-readable part, the status note. Pure:
 * strings in, strings out; mail parts are UTF-8 with CRLF line ends. */
#ifndef RINGBACK_RENDER_H
#define RINGBACK_RENDER_H

#include "arena.h"
#include "call.h"
#include "decide.h"
#include "item.h"
#include "roster.h"

struct render_header {
	const char *name;
	const char *value;	/* ASCII; RFC 2047 where a name needs it; LF + blank between its words and where it is
				 * over 900 octets */
};

/* The headers of product.md, n of them, for the mail of a notice: X-Ringback-*, Auto-Submitted,
 * X-Auto-Response-Suppress, Message-Context, Importance, In-Reply-To and References (on all but the item's first
 * mail). Message-ID first, if the mail had none. */
const struct render_header *render_headers(struct arena *a, const struct roster *r, const struct decision *d,
					   const struct event *e, gsize *n_r);

/* The tagged subject, RFC 2047 if needed: "[RB-1742 Clinic - Anna Smith] old subject". */
const char *render_subject(struct arena *a, const struct roster *r, const struct decision *d, const char *subject);

enum machine_part { MACHINE_VCON, MACHINE_PLAIN, MACHINE_NONE };

/* JSON. vcon: draft-ietf-vcon-vcon-core-03 (application/vcon); plain: our own flat object (application/json). */
const char *render_vcon(struct arena *a, const struct roster *r, const struct decision *d, const struct event *e);
const char *render_plain(struct arena *a, const struct roster *r, const struct decision *d, const struct event *e);

/* A stored item with what became of it, in the shape of render_vcon(). */
const char *render_item_vcon(struct arena *a, const struct roster *r, const struct item *i);

/* One notice seen as a flat JSON object (keys of `ringback parse`); time in RFC 3339 UTC. file may be NULL. */
const char *render_call_json(struct arena *a, const struct call *c, const char *file);

/* A whole status note (i NULL: about no item, without the thread and its headers) as RFC 5322 message with CRLF: From, To, Subject, Date, Message-ID, In-Reply-To, References,
 * Auto-Submitted: auto-generated, X-Ringback-Item, -State, -Owner; body: note and who owns the item. */
const char *render_note(struct arena *a, const struct roster *r, const struct item *i, const char *from,
			const char *to, const char *note, int64_t now, int64_t job);

/* The whole mail to a manager: the first n of `all` items that are stale, a line each. */
const char *render_stale(struct arena *a, const struct roster *r, const struct item *const *items, gsize n, gsize all,
			 const char *from, const char *to, int64_t now, int64_t job);

/* "RB-1742" */
const char *render_item_id(struct arena *a, const struct roster *r, int64_t id);

#endif
