#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "err.h"

#define REQUEST_MAX 64
#define ANSWER_MAX (64 * 1024)
#define TIMEOUT_MS 5000
#define PATIENCE_MS (2 * TIMEOUT_MS + 1000)	/* a client waits for one that hangs before it */

struct control {
	char *path;
	int fd, stop[2];	/* listening; a pipe whose end wakes the thread to stop */
	char *(*handler)(void *user, const char *request);
	void *user;
	GThread *thread;
};

static bool address_of(const char *path, struct sockaddr_un *a_r, GError **err)
{
	*a_r = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (g_strlcpy(a_r->sun_path, path, sizeof(a_r->sun_path)) < sizeof(a_r->sun_path))
		return true;
	return err_set(err, ERR_CONF, "%s: longer than a socket's path may be (%zu)", path, sizeof(a_r->sun_path) - 1);
}

/* Waits for events until the deadline; false when it passes first. */
static bool wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd p = { fd, events, 0 };
	int64_t left;

	while ((left = deadline - clock_mono_ms()) > 0) {
		int n = poll(&p, 1, (int)left);

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
	return false;
}

static bool write_line(int fd, const char *line, int64_t deadline)
{
	g_autofree char *all = g_strconcat(line, "\n", NULL);
	gsize size = strlen(all), done = 0;

	while (done < size && wait_for(fd, POLLOUT, deadline)) {
		ssize_t n = send(fd, all + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		done += n > 0 ? (gsize)n : 0;
	}
	return done == size;
}

/* One line without its end, at most max octets; NULL if it does not come in time or is longer. */
static char *read_line(int fd, gsize max, int64_t deadline)
{
	g_autoptr(GString) line = g_string_new(NULL);
	char buf[1024];

	while (line->len <= max && wait_for(fd, POLLIN, deadline)) {
		ssize_t n = recv(fd, buf, MIN(sizeof(buf), max + 1 - line->len), MSG_DONTWAIT);
		char *end;

		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return NULL;
		g_string_append_len(line, buf, MAX(n, 0));
		end = memchr(line->str, '\n', line->len);
		if (end)
			return g_strndup(line->str, (gsize)(end - line->str));
	}
	return NULL;
}

/* ---- the server ---- */

static void serve(struct control *c, int fd)
{
	int64_t deadline = clock_mono_ms() + TIMEOUT_MS;
	g_autofree char *request = read_line(fd, REQUEST_MAX, deadline), *answer = NULL;

	if (!request)
		return;
	answer = c->handler(c->user, request);
	write_line(fd, answer ? answer : "{}", deadline);
}

static gpointer control_main(gpointer user)
{
	struct control *c = user;
	struct pollfd p[] = { { c->stop[0], POLLIN, 0 }, { c->fd, POLLIN, 0 } };

	for (;;) {
		int fd;

		if (poll(p, G_N_ELEMENTS(p), -1) < 0 && errno != EINTR)
			return NULL;
		if (p[0].revents)
			return NULL;
		fd = accept(c->fd, NULL, NULL);
		if (fd >= 0) {
			fcntl(fd, F_SETFD, FD_CLOEXEC);
			serve(c, fd);
			close(fd);
		} else if (errno == EMFILE || errno == ENFILE) {
			/* Nothing else to do than to wait for descriptors; not in a busy loop. */
			poll(p, 1, 100);
		}
	}
}

/* A socket that nobody listens on is left over from a crash. */
static bool remove_stale(const char *path, const struct sockaddr_un *a, GError **err)
{
	struct stat st;
	int fd, refused;

	if (lstat(path, &st) != 0)
		return true;
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_CONF, "%s: exists and is no socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	refused = connect(fd, (const struct sockaddr *)a, sizeof(*a)) != 0 && errno == ECONNREFUSED;
	close(fd);
	if (!refused)
		return err_set(err, ERR_CONF, "%s: another ringbackd listens there", path);
	return g_unlink(path) == 0 || err_set(err, ERR_CONF, "%s: %s", path, g_strerror(errno));
}

static bool listen_at(struct control *c, GError **err)
{
	struct sockaddr_un a;

	if (!address_of(c->path, &a, err) || !remove_stale(c->path, &a, err))
		return false;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Linux takes the file's mode from the socket, so it is never open to everybody. */
	if (c->fd < 0 || fchmod(c->fd, 0660) != 0 || bind(c->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		return err_set(err, ERR_CONF, "%s: %s", c->path, g_strerror(errno));
	if (chmod(c->path, 0660) != 0 || listen(c->fd, 16) != 0 ||
	    !g_unix_open_pipe(c->stop, FD_CLOEXEC, NULL)) {
		err_set(err, ERR_CONF, "%s: %s", c->path, g_strerror(errno));
		g_unlink(c->path);
		return false;
	}
	return true;
}

static void control_free(struct control *c)
{
	if (c->fd >= 0)
		close(c->fd);
	for (guint i = 0; i < 2; i++)
		if (c->stop[i] >= 0)
			close(c->stop[i]);
	g_free(c->path);
	g_free(c);
}

struct control *control_start(const char *path, char *(*handler)(void *user, const char *request), void *user,
			      GError **err)
{
	struct control *c = g_new0(struct control, 1);

	c->fd = c->stop[0] = c->stop[1] = -1;
	c->path = g_strdup(path);
	c->handler = handler;
	c->user = user;
	if (!listen_at(c, err)) {
		control_free(c);
		return NULL;
	}
	c->thread = g_thread_new("control", control_main, c);
	return c;
}

void control_stop(struct control *c)
{
	if (!c)
		return;
	close(c->stop[1]);
	c->stop[1] = -1;
	g_thread_join(c->thread);
	g_unlink(c->path);
	control_free(c);
}

/* ---- the client ---- */

static char *ask(int fd, const struct sockaddr_un *a, const char *request, GError **err)
{
	int64_t deadline = clock_mono_ms() + PATIENCE_MS;
	char *answer;

	if (connect(fd, (const struct sockaddr *)a, sizeof(*a)) != 0) {
		err_set(err, ERR_NET, "%s: %s", a->sun_path, g_strerror(errno));
		return NULL;
	}
	answer = write_line(fd, request, deadline) ? read_line(fd, ANSWER_MAX, deadline) : NULL;
	if (!answer)
		err_set(err, ERR_NET, "%s: no answer", a->sun_path);
	return answer;
}

char *control_ask(const char *path, const char *request, GError **err)
{
	struct sockaddr_un a;
	char *answer;
	int fd;

	if (!address_of(path, &a, err))
		return NULL;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	answer = ask(fd, &a, request, err);
	close(fd);
	return answer;
}
