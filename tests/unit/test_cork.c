/* What is written between cork_begin() and cork_end() by way of writev(), as libmilter does. */
#include <glib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cork.h"

static void open_pair(int fds[2])
{
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
}

/* Writes head and body as one packet; what writev() gives. */
static gssize put(int fd, const char *head, const char *body, gsize n)
{
	struct iovec iov[2] = { { (char *)head, strlen(head) }, { (char *)body, n } };

	return writev(fd, iov, 2);
}

static bool readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1;
}

static void test_together(void)
{
	char buf[100];
	int fds[2];

	open_pair(fds);
	cork_begin();
	g_assert_cmpint(put(fds[0], "one ", "1", 1), ==, 5);
	g_assert_cmpint(put(fds[0], "two ", "", 0), ==, 4);
	g_assert_cmpint(put(fds[0], "three", "3", 1), ==, 6);
	g_assert_false(readable(fds[1]));
	g_assert_true(cork_end());
	g_assert_cmpint(read(fds[1], buf, sizeof(buf)), ==, 15);
	g_assert_cmpmem(buf, 15, "one 1two three3", 15);
	close(fds[0]);
	close(fds[1]);
}

static void test_nothing(void)
{
	cork_begin();
	g_assert_true(cork_end());
}

static void test_outside(void)
{
	char buf[100];
	int fds[2];

	open_pair(fds);
	g_assert_cmpint(put(fds[0], "now", "", 0), ==, 3);
	g_assert_true(readable(fds[1]));
	g_assert_cmpint(read(fds[1], buf, sizeof(buf)), ==, 3);
	g_assert_false(readable(fds[1]));
	close(fds[0]);
	close(fds[1]);
}

static gpointer read_to_end(gpointer fd)
{
	GByteArray *all = g_byte_array_new();
	guint8 buf[5000];
	gssize n;

	while ((n = read(GPOINTER_TO_INT(fd), buf, sizeof(buf))) > 0)
		g_byte_array_append(all, buf, (guint)n);
	return all;
}

/* Far more than a socket takes at once, in pieces below and above what is held back: nothing waits for the end, and it
 * comes in order. */
static void test_large(void)
{
	static const gsize sizes[] = { 10, 60000, 10000, 65535, 300000, 1, 65536, 65537, 7 };
	g_autoptr(GByteArray) want = g_byte_array_new(), got = NULL;
	GThread *reader;
	int fds[2];

	open_pair(fds);
	reader = g_thread_new("reader", read_to_end, GINT_TO_POINTER(fds[1]));
	cork_begin();
	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *body = g_strnfill(sizes[i], (char)('a' + i));

		g_assert_cmpint(put(fds[0], "head", body, sizes[i]), ==, 4 + (gssize)sizes[i]);
		g_byte_array_append(want, (const guint8 *)"head", 4);
		g_byte_array_append(want, (const guint8 *)body, (guint)sizes[i]);
	}
	g_assert_true(cork_end());
	close(fds[0]);
	got = g_thread_join(reader);
	g_assert_cmpmem(got->data, got->len, want->data, want->len);
	close(fds[1]);
}

/* Not even SIGPIPE. */
static void test_gone(void)
{
	g_autofree char *body = g_strnfill(100000, 'x');
	int fds[2];

	open_pair(fds);
	close(fds[1]);
	cork_begin();
	g_assert_cmpint(put(fds[0], "held back", "", 0), ==, 9);
	g_assert_false(cork_end());
	cork_begin();
	g_assert_cmpint(put(fds[0], "too large to be held", body, 100000), ==, -1);
	g_assert_cmpint(put(fds[0], "after a failure", "", 0), ==, -1);
	g_assert_false(cork_end());
	close(fds[0]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cork/together", test_together);
	g_test_add_func("/cork/nothing", test_nothing);
	g_test_add_func("/cork/outside", test_outside);
	g_test_add_func("/cork/large", test_large);
	g_test_add_func("/cork/gone", test_gone);
	return g_test_run();
}
