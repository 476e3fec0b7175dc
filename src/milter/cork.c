#define _GNU_SOURCE	/* pwritev2() */
#include "cork.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define HELD_MAX (64 * 1024)
#define WAIT_MS (300 * 1000)	/* as long as Postfix waits for us */

static __thread struct cork {
	GByteArray *held;	/* NULL: nothing is held back */
	int fd;
	bool failed;
} cork;

static void send_all(const char *p, gsize n)
{
	while (n > 0 && !cork.failed) {
		struct pollfd pfd = { .fd = cork.fd, .events = POLLOUT };
		ssize_t sent = send(cork.fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			p += sent;
			n -= (gsize)sent;
		} else if (sent < 0 && errno == EAGAIN) {
			cork.failed = poll(&pfd, 1, WAIT_MS) == 0;
		} else {
			cork.failed = sent == 0 || errno != EINTR;
		}
	}
}

static void send_held(void)
{
	send_all((const char *)cork.held->data, cork.held->len);
	g_byte_array_set_size(cork.held, 0);
}

static void hold(const char *p, gsize n)
{
	if (cork.held->len + n > HELD_MAX)
		send_held();
	if (n > HELD_MAX)
		send_all(p, n);
	else
		g_byte_array_append(cork.held, (const guint8 *)p, (guint)n);
}

void cork_begin(void)
{
	g_assert(!cork.held);
	cork = (struct cork){ .held = g_byte_array_sized_new(8192), .fd = -1 };
}

bool cork_end(void)
{
	send_held();
	g_byte_array_unref(cork.held);
	cork.held = NULL;
	return !cork.failed;
}

ssize_t writev(int fd, const struct iovec *iov, int n)
{
	ssize_t size = 0;

	if (!cork.held)
		return pwritev2(fd, iov, n, -1, 0);	/* that is writev() */
	cork.fd = fd;
	for (int i = 0; i < n; i++) {
		hold(iov[i].iov_base, iov[i].iov_len);
		size += (ssize_t)iov[i].iov_len;
	}
	if (!cork.failed)
		return size;
	errno = EPIPE;
	return -1;
}
