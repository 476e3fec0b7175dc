#include "milter.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "err.h"
#include "log.h"
#include "session.h"

#define BACKLOG 512
#define SYSTEMD_FIRST_FD 3

static int listen_fd = -1;
static bool over_tcp;			/* not a unix socket */
static char *unix_path;			/* of a socket that we made, to be removed */
static GThread *thread;

/* ---- the listening socket ---- */

static bool fail(GError **err, int fd, const char *what, const char *where)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	return err_set(err, ERR_CONF, "milter_socket %s: cannot %s: %s", where, what, g_strerror(saved));
}

static int from_systemd(void)
{
	g_autofree char *pid = g_strdup_printf("%d", (int)getpid());
	int on = 0;
	socklen_t size = sizeof(on);

	if (g_strcmp0(g_getenv("LISTEN_PID"), pid) != 0 || g_strcmp0(g_getenv("LISTEN_FDS"), "1") != 0)
		return -1;
	if (getsockopt(SYSTEMD_FIRST_FD, SOL_SOCKET, SO_ACCEPTCONN, &on, &size) != 0 || !on)
		return -1;
	return SYSTEMD_FIRST_FD;
}

static bool somebody_listens(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool connected = fd >= 0 && connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0;

	if (fd >= 0)
		close(fd);
	return connected;
}

/* What a crash left behind goes away; anything else at that path stays and is an error. */
static bool remove_stale(const struct sockaddr_un *sun, GError **err)
{
	struct stat st;

	if (lstat(sun->sun_path, &st) != 0)
		return true;
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_CONF, "milter_socket unix:%s: is there already and is no socket", sun->sun_path);
	if (somebody_listens(sun))
		return err_set(err, ERR_CONF, "milter_socket unix:%s: another process listens there", sun->sun_path);
	if (unlink(sun->sun_path) != 0)
		return fail(err, -1, "remove the stale socket", sun->sun_path);
	return true;
}

static bool set_access(const char *path, const struct conf *conf, GError **err)
{
	const char *name = conf->milter_socket_group;

	if (name && *name) {
		const struct group *group = getgrnam(name);

		if (!group)
			return err_set(err, ERR_CONF, "milter_socket_group %s: there is no such group", name);
		if (lchown(path, (uid_t)-1, group->gr_gid) != 0)
			return fail(err, -1, "give it to the group", name);
	}
	if (chmod(path, (mode_t)conf->milter_socket_mode) != 0)
		return fail(err, -1, "set the mode", path);
	return true;
}

static bool listen_unix(const struct conf *conf, const char *path, GError **err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;
	mode_t old;

	if (g_strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) >= sizeof(sun.sun_path))
		return err_set(err, ERR_CONF, "milter_socket unix:%s: longer than %zu octets", path,
			       sizeof(sun.sun_path) - 1);
	if (!remove_stale(&sun, err))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* Nobody else may connect before mode and group are what they shall be. */
	old = umask(0177);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0) {
		umask(old);
		return fail(err, fd, "bind", path);
	}
	umask(old);
	unix_path = g_strdup(path);
	if (!set_access(path, conf, err)) {
		close(fd);
		unlink(path);
		return false;
	}
	if (listen(fd, BACKLOG) != 0)
		return fail(err, fd, "listen", path);
	listen_fd = fd;
	return true;
}

static int listen_tcp_on(const struct addrinfo *ai)
{
	const int on = 1;
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, 0), saved;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* spec is "port@host"; a bare port means the loopback. */
static bool listen_tcp(const char *spec, GError **err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	g_auto(GStrv) parts = g_strsplit(spec, "@", 2);
	const char *host = parts[0] && parts[1] ? parts[1] : "127.0.0.1";
	gsize size = strlen(host);
	g_autofree char *bare = host[0] == '[' && size > 2 ? g_strndup(host + 1, size - 2) : g_strdup(host);
	struct addrinfo *list = NULL;
	int r = getaddrinfo(bare, parts[0], &hints, &list);

	if (r != 0)
		return err_set(err, ERR_CONF, "milter_socket inet:%s: %s", spec, gai_strerror(r));
	listen_fd = listen_tcp_on(list);
	freeaddrinfo(list);
	return listen_fd >= 0 || fail(err, -1, "listen", spec);
}

/* Sockets that are accepted take TCP_NODELAY from the one that listens: libmilter writes each edit by itself and
 * would wait 40 ms for an acknowledgement between them. */
static bool is_tcp(int fd)
{
	const int on = 1;
	struct sockaddr_storage own;
	socklen_t size = sizeof(own);

	return getsockname(fd, (struct sockaddr *)&own, &size) == 0 && own.ss_family != AF_UNIX &&
	       setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0;
}

bool milter_listen(const struct conf *conf, GError **err)
{
	const char *spec = conf->milter_socket, *rest = strchr(spec, ':');
	bool ok;

	listen_fd = from_systemd();
	if (listen_fd >= 0)
		ok = true;
	else if (g_str_has_prefix(spec, "unix:") || g_str_has_prefix(spec, "local:"))
		ok = listen_unix(conf, rest + 1, err);
	else if (g_str_has_prefix(spec, "inet:") || g_str_has_prefix(spec, "inet6:"))
		ok = listen_tcp(rest + 1, err);
	else
		ok = err_set(err, ERR_CONF, "milter_socket %s: should be unix:/path or inet:port@host", spec);
	over_tcp = ok && is_tcp(listen_fd);
	return ok;
}

/* ---- running ---- */

static gpointer run(gpointer unused)
{
	(void)unused;
	if (smfi_main() != MI_SUCCESS)
		log_error("milter: libmilter gave up");
	return NULL;
}

/* libmilter has a thread that waits, by sigwait(), for SIGTERM, SIGINT and SIGHUP and would end on each of them. The
 * kernel gives a signal to whichever thread wants it, so that one would now and then have ours. A program's own function
 * comes before a library's of the same name (ELF, symbol resolution): with this one the thread wants nothing, for ever.
 * Nobody else in the process calls it. */
int sigwait(const sigset_t *set, int *sig_r)
{
	(void)set;
	*sig_r = 0;
	for (;;)
		pause();
}

bool milter_start(struct engine *e, GError **err)
{
	g_autofree char *conn = g_strdup_printf("fd:%d", listen_fd);

	if (smfi_register(session_callbacks(e, over_tcp)) != MI_SUCCESS || smfi_setconn(conn) != MI_SUCCESS ||
	    smfi_setbacklog(BACKLOG) != MI_SUCCESS || smfi_opensocket(FALSE) != MI_SUCCESS)
		return err_set(err, ERR_CONF, "milter: libmilter does not take the socket");
	thread = g_thread_new("milter", run, NULL);
	return true;
}

/* ---- stopping ---- */

static void unlink_path(void)
{
	if (unix_path)
		unlink(unix_path);
	g_clear_pointer(&unix_path, g_free);
}

/* Before libmilter had the socket; else it closes it. */
static void listen_end(void)
{
	unlink_path();
	if (listen_fd >= 0)
		close(listen_fd);
	listen_fd = -1;
}

/* A listening socket that only we know. */
static int private_socket(struct sockaddr_un *sun_r, socklen_t *size_r)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*sun_r = (struct sockaddr_un){ .sun_family = AF_UNIX };
	*size_r = sizeof(*sun_r);
	/* unix(7), autobind: an abstract name that nobody has. */
	if (fd >= 0 && (bind(fd, (struct sockaddr *)sun_r, sizeof(sa_family_t)) != 0 || listen(fd, 8) != 0 ||
			getsockname(fd, (struct sockaddr *)sun_r, size_r) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void touch(const struct sockaddr *sa, socklen_t size)
{
	int fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* A full queue wakes as well as a connection. */
	if (fd >= 0 && connect(fd, sa, size) == 0)
		log_debug("milter: woke libmilter");
	if (fd >= 0)
		close(fd);
}

/* libmilter can stop accepting only by ending sessions too. So another socket is put under its feet: who connects
 * now is refused, or waits in systemd's queue for the next ringbackd. Its poll() wakes for the old socket and then looks
 * at the new one, which must have something by then, or it sleeps on. */
static void stop_accepting(int private_fd, const struct sockaddr_un *sun, socklen_t sun_size)
{
	struct sockaddr_storage old;
	socklen_t size = sizeof(old);

	if (private_fd >= 0 && getsockname(listen_fd, (struct sockaddr *)&old, &size) == 0 &&
	    dup2(private_fd, listen_fd) >= 0) {
		touch((const struct sockaddr *)sun, sun_size);
		touch((struct sockaddr *)&old, size);
	}
	unlink_path();
}

static int open_now(void)
{
	struct milter_counts c;

	session_get_counts(&c);
	return c.open;
}

static gpointer stop(gpointer stopped)
{
	smfi_stop();
	g_atomic_int_set((gint *)stopped, 1);
	return NULL;
}

/* smfi_stop() waits for a lock that libmilter holds while it waits 5 s for a connection: so there will be one. */
static void end_libmilter(const struct sockaddr_un *sun, socklen_t size)
{
	gint stopped = 0;
	GThread *stopper = g_thread_new("milter-stop", stop, &stopped);

	while (!g_atomic_int_get(&stopped)) {
		touch((const struct sockaddr *)sun, size);
		g_usleep(2000);
	}
	g_thread_join(stopper);
	g_thread_join(g_steal_pointer(&thread));
}

void milter_stop(int64_t timeout_s)
{
	int64_t end = clock_mono_ms() + timeout_s * 1000;
	struct sockaddr_un sun;
	socklen_t size;
	int private_fd;

	if (!thread) {
		listen_end();
		return;
	}
	private_fd = private_socket(&sun, &size);
	stop_accepting(private_fd, &sun, size);
	while (open_now() > 0 && clock_mono_ms() < end)
		g_usleep(5000);
	if (open_now() > 0)
		log_warn("milter: open=%d sessions ended by the stop", open_now());
	end_libmilter(&sun, size);
	/* A worker may still be inside the engine, which its owner will free next. */
	while (!session_quiet())
		g_usleep(5000);
	if (private_fd >= 0)
		close(private_fd);
	listen_fd = -1;
}

void milter_get_counts(struct milter_counts *c_r)
{
	session_get_counts(c_r);
}
