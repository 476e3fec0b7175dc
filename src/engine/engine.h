/* engine.h - One call's life.
 *
 * A PBX mails a notice. The milter trusts the client, reads the mail into a letter, a profile reads the letter into a
 * call, and engine_take() is asked what to do. It runs one think in the store: look up the facts (have we heard of this
 * call? is there an item for this caller and line?), let decide() think, write down item, notice, jobs and journal. When
 * that is durable, and not before, the milter edits the mail and lets it go on. The text does not go yet: a timer waits
 * for the collect window, since two more copies of the same ring group, or the voicemail of this very call, may come.
 *
 * The courier looks at the outbox when something is due. The window's timer comes back here as an event; decide() opens
 * the item and, if the line is closed, writes the text of step one into the outbox. The courier marks it "sending",
 * hands it to the SMSC, and notes what became of it; the audit mailbox gets a status note in the item's thread. A step
 * timer waits for an answer. If the phone replies "17A", that is an event too: the item is acknowledged, the timer
 * cancelled, the answer goes back by text. If nobody replies, the timer brings the next step.
 *
 * A harder one: the process dies after the commit, before Postfix heard. The PBX (or Postfix) sends the mail again; its
 * notice key is known, so it gets the same item and the same edits and nothing is told twice. A text that was "sending"
 * when we died may have gone: it goes once more, and the journal says "possibly twice". */
#ifndef RINGBACK_ENGINE_H
#define RINGBACK_ENGINE_H

#include "arena.h"
#include "carrier.h"
#include "conf.h"
#include "decide.h"
#include "store.h"

struct engine;

/* store is borrowed and must outlive the engine; conf is referenced. wake(user) runs after each commit that put
 * something into the outbox, from any thread; NULL: none. */
struct engine *engine_new(struct store *store, struct conf *conf, void (*wake)(void *), void *user);
void engine_free(struct engine *e);

/* The snapshot in force (a reference for the caller), and a new one (its reference is taken). Any thread. */
struct conf *engine_conf(struct engine *e);
void engine_set_conf(struct engine *e, struct conf *c);

/* One notice in, one durable decision out (in a). Any thread; answers within the store's time. conf is the snapshot the
 * mail began with. NULL and *err: the store failed or was uncertain; the failure policy applies. */
struct decision *engine_take(struct engine *e, const struct conf *conf, const struct event *notice, struct arena *a,
			     GError **err);

/* A mail to the address of an item (ticket.h); decision->mail says whether it goes on. As engine_take(). */
struct decision *engine_mail(struct engine *e, const struct conf *conf, const struct mail_command *mail, struct arena *a,
			     GError **err);

/* A mail of that profile's product came from the source, and no profile reads it any more: counted. False and *err: the
 * store failed. */
bool engine_unread(struct engine *e, const char *source, const char *profile, GError **err);

/* Is it time to warn that mails of the source are not what the profile expects? At most once an hour. Any thread. */
bool engine_warns_of_drift(struct engine *e, const char *source, const char *profile);

/* The other events. False and *err likewise, or ERR_USAGE where a command makes no sense. d_r may be NULL. */
bool engine_reply(struct engine *e, const char *provider, const char *phone, const char *text, GError **err);
bool engine_receipt(struct engine *e, const char *provider, const struct receipt *r, GError **err);
bool engine_timer(struct engine *e, int64_t job, GError **err);
bool engine_command(struct engine *e, int64_t item, enum command command, const char *by, const char *to,
		    enum resolution resolution, struct arena *a, struct decision **d_r, GError **err);

/* Any command, with all that an event of its kind may say (decide.h); engine_command() is the short form. */
bool engine_order(struct engine *e, int64_t item, const struct event *command, struct arena *a, struct decision **d_r,
		  GError **err);

#endif
