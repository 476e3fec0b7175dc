/* mail_command.h - a mail that goes to the address of an item: who wrote it, whether that is so, and what it says. */
#ifndef RINGBACK_MAIL_COMMAND_H
#define RINGBACK_MAIL_COMMAND_H

#include "message.h"

/* Is one of the recipients (so far) the address of an item? Then the message is kept, whoever sent it, as one for it. */
bool mail_command_see_rcpt(struct message *m, const char *rcpt);

/* What belongs to it of one field of the header; called for each. */
void mail_command_see_header(struct message *m, const char *name, const char *value);

/* At the end of the message, all of which (or its first part) is kept. In the message's arena. */
const struct mail_command *mail_command_read(const struct message *m);

#endif
