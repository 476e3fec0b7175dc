/* load.h - what the two load drivers share: options, mails from a template, threads, figures as one line of JSON. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>

enum outcome { EDITED, PASSED, DISCARDED, FAILED, N_OUTCOMES };

struct load {
	const char *target;	/* "/path" of a unix socket, or "127.0.0.1:port" */
	const char *address;	/* of the client: bound to (SMTP), or told (milter) */
	int connections, total, per_connection, start;
	char *mail;		/* the template, CRLF, with its header ended by a blank line */
	size_t size, body;	/* body: where it begins */
	char **callers;
	int n_callers;
	const char *rcpts[64];
	int n_rcpts;
};

/* The drivers': one connection, one mail on it. mail is as long as the template and built like it. */
struct link;
struct link *link_open(const struct load *l);		/* NULL: could not */
enum outcome link_send(struct link *k, const char *mail, int serial);
void link_close(struct link *k);

/* Options: -s TARGET -a ADDRESS -c CONNECTIONS -n MAILS -k MAILS-PER-CONNECTION -o FIRST-SERIAL -m TEMPLATE -l CALLERS
 * -r RECIPIENT... */
int load_main(int argc, char **argv, const char *name);

int load_dial(const char *target, const char *bind_address);	/* a connected socket, or -1 */
bool load_write(int fd, const void *data, size_t n);

#endif
