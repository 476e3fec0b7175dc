/* smtpload - hands mails to an SMTP server on many connections at a time. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct link {
	const struct load *load;
	int fd;
	bool dead;
};

/* The code of the next reply, however many lines it has; -1 if the server is gone. */
static int reply(struct link *k)
{
	char buf[4096];
	size_t n = 0;

	while (n < sizeof(buf) - 1) {
		ssize_t got = read(k->fd, buf + n, sizeof(buf) - 1 - n);
		const char *last;

		if (got <= 0)
			break;
		n += (size_t)got;
		buf[n] = 0;
		if (buf[n - 1] != '\n')
			continue;
		buf[n - 1] = 0;
		last = strrchr(buf, '\n');
		last = last ? last + 1 : buf;
		if (strlen(last) >= 4 && last[3] == ' ')
			return atoi(last);
		buf[n - 1] = '\n';
	}
	k->dead = true;
	return -1;
}

static bool command(struct link *k, int want, const char *data, size_t n)
{
	return !k->dead && load_write(k->fd, data, n) && reply(k) == want;
}

struct link *link_open(const struct load *l)
{
	struct link *k = calloc(1, sizeof(*k));

	k->load = l;
	k->fd = load_dial(l->target, l->address);
	if (k->fd >= 0 && reply(k) == 220 && command(k, 250, "EHLO pbx.example.com\r\n", 22))
		return k;
	link_close(k);
	return NULL;
}

enum outcome link_send(struct link *k, const char *mail, int serial)
{
	static const char from[] = "MAIL FROM:<pbx@example.com>\r\n";
	const struct load *l = k->load;
	char line[512];
	bool ok = command(k, 250, from, sizeof(from) - 1);

	(void)serial;
	for (int i = 0; ok && i < l->n_rcpts; i++)
		ok = command(k, 250, line, (size_t)snprintf(line, sizeof(line), "RCPT TO:<%s>\r\n", l->rcpts[i]));
	ok = ok && command(k, 354, "DATA\r\n", 6) && load_write(k->fd, mail, l->size) && command(k, 250, ".\r\n", 3);
	return ok ? PASSED : FAILED;
}

void link_close(struct link *k)
{
	if (k->fd >= 0) {
		command(k, 221, "QUIT\r\n", 6);
		close(k->fd);
	}
	free(k);
}

int main(int argc, char **argv)
{
	return load_main(argc, argv, "smtpload");
}
