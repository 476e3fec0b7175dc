/* replay.h - what would have become of mails: the whole decision, with a store in memory, carriers that hand over what
 * they are given, and a clock that is told what to say. Nothing outside is touched. One replay at a time, from one thread.
 *
 * Nobody answers in a replay: the steps are followed to the end, and an item counts as closed a day after its last call. */
#ifndef RINGBACK_REPLAY_H
#define RINGBACK_REPLAY_H

#include "conf.h"
#include "decide.h"

#define REPLAY_NO_MAIL ((gsize)-1)

struct replay_mail {
	const char *name;
	gsize number;			/* 0 and up, as they came */
	int64_t at;
	const char *verdict;		/* pass, edit, audit, swallow */
	const char *mailed;		/* addresses, joined by "," */
	int64_t item;			/* 0: none */
	const char *class, *caller;	/* caller NULL: none */
	const char *line, *owner;	/* ids, or NULL */
	const char *why;
};

struct replay_text {
	gsize mail;			/* number of the first mail of its item, or REPLAY_NO_MAIL */
	int64_t at;
	const char *person;		/* id, NULL: the configuration has none with that phone */
	const char *to, *text;
};

/* What came of all of them. */
struct replay_sums {
	gsize mails, notices, items, suppressed, texts;
	gsize swallowed;		/* notices that went to nobody */
};

struct replay_settings {
	struct conf *conf;		/* borrowed */
	const char *client, *auth, *sender;	/* who handed the mails in; none of them: any source will do */
	const GPtrArray *rcpts;		/* char *; empty: those of the To field */
	int64_t at;			/* when the first mail comes; 0: its Date */
	void (*mail)(void *user, const struct replay_mail *m);	/* as they happen; what they point to ends with the call */
	void (*text)(void *user, const struct replay_text *t);
	void *user;
};

struct replay;

struct replay *replay_new(const struct replay_settings *s);
/* The next mail comes: as long after the first as its date says, in any case later than the one before. date 0: right
 * after it. False and *err: the store failed. */
bool replay_take(struct replay *r, const char *name, int64_t date, const char *mail, gsize size, GError **err);
/* All that comes due within a day of the last mail. */
void replay_finish(struct replay *r, struct replay_sums *sums_r);
void replay_free(struct replay *r);	/* the clock is right again */

#endif
