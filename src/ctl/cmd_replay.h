/* cmd_replay.h - what the two forms of `ringback replay` share. For cmd_replay*.c alone. */
#ifndef RINGBACK_CMD_REPLAY_H
#define RINGBACK_CMD_REPLAY_H

#include "mailbox.h"
#include "printer.h"
#include "replay.h"

/* Plays all the mails; messages about what failed go to stderr. Gives an exit code. */
int replay_run(const struct replay_settings *s, struct mailbox *mails, struct replay_sums *sums_r);

/* "notices -> items -> texts", as a line or as an object. prefix: "", "before", "after". */
void replay_print_sums(struct printer *out, const char *which, const struct replay_sums *s);

/* The same mails under other: what is different. Gives an exit code. */
int replay_compare(const struct replay_settings *s, struct conf *other, struct mailbox *mails, struct printer *out);

#endif
