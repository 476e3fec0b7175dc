#include "wire.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "err.h"

#define INPUT_MAX (256 * 1024)		/* more than the largest PDU: reading pauses there */
#define OUTPUT_MAX (1024 * 1024)
#define CHUNK (64 * 1024)

/* A look-up blocks, so a thread of its own does it. Both sides hold a reference: whoever is last frees. */
struct lookup {
	gint refs;
	int event;		/* readable when done */
	char *host, port[8];
	struct addrinfo *list;
	int error;
};

struct wire {
	char *host;
	int port;
	enum wire_state state;
	int fd;
	const struct tls_settings *tls_settings;	/* NULL: plain */
	struct tls *tls;	/* from the moment that the peer is connected */
	struct lookup *lookup;
	struct addrinfo *list, *next;
	int64_t deadline;
	int last_errno;
	GByteArray *in, *out;
	gsize taken;		/* of in */
	guint64 written;
};

static void lookup_unref(struct lookup *l)
{
	if (!l || !g_atomic_int_dec_and_test(&l->refs))
		return;
	if (l->list)
		freeaddrinfo(l->list);
	close(l->event);
	g_free(l->host);
	g_free(l);
}

static void lookup_run(struct lookup *l, int flags)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV };

	l->error = getaddrinfo(l->host, l->port, &hints, &l->list);
}

static gpointer lookup_thread(gpointer data)
{
	struct lookup *l = data;

	lookup_run(l, 0);
	eventfd_write(l->event, 1);
	lookup_unref(l);
	return NULL;
}

/* Numeric addresses need no thread. */
static struct lookup *lookup_start(const char *host, int port)
{
	struct lookup *l = g_new0(struct lookup, 1);

	l->refs = 1;
	l->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	l->host = g_strdup(host);
	g_snprintf(l->port, sizeof(l->port), "%d", port);
	lookup_run(l, AI_NUMERICHOST);
	if (!l->error) {
		eventfd_write(l->event, 1);
		return l;
	}
	g_atomic_int_inc(&l->refs);
	g_thread_unref(g_thread_new("lookup", lookup_thread, l));
	return l;
}

struct wire *wire_new(const char *host, int port, const struct tls_settings *tls)
{
	struct wire *w = g_new0(struct wire, 1);

	w->host = g_strdup(host);
	w->port = port;
	w->tls_settings = tls;
	w->fd = -1;
	w->in = g_byte_array_new();
	w->out = g_byte_array_new();
	return w;
}

static void fd_close(struct wire *w)
{
	tls_free(w->tls);
	w->tls = NULL;
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void wire_close(struct wire *w)
{
	fd_close(w);
	lookup_unref(w->lookup);
	w->lookup = NULL;
	if (w->list)
		freeaddrinfo(w->list);
	w->list = w->next = NULL;
	w->state = WIRE_CLOSED;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	wire_close(w);
	g_byte_array_unref(w->in);
	g_byte_array_unref(w->out);
	g_free(w->host);
	g_free(w);
}

void wire_open(struct wire *w, int64_t timeout_ms)
{
	wire_close(w);
	g_byte_array_set_size(w->in, 0);
	g_byte_array_set_size(w->out, 0);
	w->taken = 0;
	w->last_errno = 0;
	w->deadline = clock_mono_ms() + timeout_ms;
	w->state = WIRE_OPENING;
	w->lookup = lookup_start(w->host, w->port);
}

void wire_shut(struct wire *w)
{
	if (w->state != WIRE_OPEN)
		return;
	if (w->tls)
		tls_shut(w->tls);
	shutdown(w->fd, SHUT_WR);
}

static bool gone(struct wire *w, GError **err, const char *what, const char *why)
{
	wire_close(w);
	return err_set(err, ERR_NET, "%s %s port %d: %s", what, w->host, w->port, why);
}

static bool lookup_turn(struct wire *w, GError **err)
{
	eventfd_t done;

	if (eventfd_read(w->lookup->event, &done) != 0) {
		if (clock_mono_ms() >= w->deadline)
			return gone(w, err, "looking up", "no answer");
		return true;
	}
	if (w->lookup->error)
		return gone(w, err, "looking up", gai_strerror(w->lookup->error));
	w->list = w->next = w->lookup->list;
	w->lookup->list = NULL;
	lookup_unref(w->lookup);
	w->lookup = NULL;
	return true;
}

/* A failure at once is kept for the message; the next turn tries the next address. */
static void connect_next(struct wire *w)
{
	const struct addrinfo *ai = w->next;
	int one = 1;

	w->next = ai->ai_next;
	w->fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->fd < 0) {
		w->last_errno = errno;
		return;
	}
	setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(w->fd, ai->ai_addr, ai->ai_addrlen) != 0 && errno != EINPROGRESS) {
		w->last_errno = errno;
		fd_close(w);
	}
}

/* The address being tried: 1 connected, 0 not yet, -1 failed. */
static int connect_check(struct wire *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLOUT };
	int error = 0;
	socklen_t size = sizeof(error);

	if (poll(&p, 1, 0) <= 0)
		return 0;
	if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		error = errno;
	if (!error)
		return 1;
	w->last_errno = error;
	fd_close(w);
	return -1;
}

/* A peer that cannot show who it is ends the attempt: the next address is no better. */
static bool secure_turn(struct wire *w, GError **err)
{
	g_autoptr(GError) why = NULL;
	int done;

	if (!w->tls)
		w->tls = tls_new(w->tls_settings, w->fd, &why);
	done = w->tls ? tls_handshake(w->tls, &why) : -1;
	if (done < 0)
		return gone(w, err, "connecting to", why->message);
	if (done == 0 && clock_mono_ms() >= w->deadline)
		return gone(w, err, "connecting to", "no answer to the TLS handshake; does it speak TLS there?");
	if (done == 1)
		w->state = WIRE_OPEN;
	return true;
}

static bool connect_turn(struct wire *w, GError **err)
{
	for (;;) {
		int done = w->tls ? 1 : w->fd >= 0 ? connect_check(w) : -1;

		if (done == 1 && w->tls_settings)
			return secure_turn(w, err);
		if (done == 1) {
			w->state = WIRE_OPEN;
			return true;
		}
		if (done == 0 && clock_mono_ms() < w->deadline)
			return true;
		if (done == 0)
			return gone(w, err, "connecting to", "no answer");
		if (!w->next)
			return gone(w, err, "connecting to", g_strerror(w->last_errno));
		connect_next(w);
	}
}

static ssize_t wire_put(struct wire *w, const void *octets, gsize n)
{
	return w->tls ? tls_write(w->tls, octets, n) : send(w->fd, octets, n, MSG_NOSIGNAL);
}

bool wire_flush(struct wire *w, GError **err)
{
	gsize done = 0;

	while (w->state == WIRE_OPEN && done < w->out->len) {
		ssize_t n = wire_put(w, w->out->data + done, w->out->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return gone(w, err, "writing to", g_strerror(errno));
		if (n <= 0)
			break;
		done += (gsize)n;
	}
	w->written += done;
	if (done)
		g_byte_array_remove_range(w->out, 0, (guint)done);
	if (w->out->len > OUTPUT_MAX)
		return gone(w, err, "writing to", "the peer does not read");
	return true;
}

static void input_compact(struct wire *w)
{
	if (w->taken)
		g_byte_array_remove_range(w->in, 0, (guint)w->taken);
	w->taken = 0;
}

static bool reading(const struct wire *w)
{
	return w->in->len - w->taken < INPUT_MAX && w->out->len < OUTPUT_MAX / 4;
}

static bool wire_read(struct wire *w, GError **err)
{
	uint8_t chunk[CHUNK];

	input_compact(w);
	while (reading(w)) {
		ssize_t n = w->tls ? tls_read(w->tls, chunk, sizeof(chunk)) : recv(w->fd, chunk, sizeof(chunk), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return gone(w, err, "reading from", g_strerror(errno));
		if (n < 0)
			return true;
		if (n == 0)
			return gone(w, err, "reading from", "the peer closed the connection");
		g_byte_array_append(w->in, chunk, (guint)n);
		if (!w->tls && (gsize)n < sizeof(chunk))
			return true;
	}
	return true;
}

bool wire_turn(struct wire *w, GError **err)
{
	if (w->state == WIRE_CLOSED)
		return true;
	if (w->state == WIRE_OPENING && w->lookup && !lookup_turn(w, err))
		return false;
	if (w->state == WIRE_OPENING && !w->lookup && !connect_turn(w, err))
		return false;
	if (w->state != WIRE_OPEN)
		return true;
	return wire_read(w, err);
}

enum wire_state wire_state(const struct wire *w)
{
	return w->state;
}

bool wire_poll(const struct wire *w, struct pollfd *fd_r)
{
	if (w->state == WIRE_CLOSED)
		return false;
	*fd_r = (struct pollfd){ .fd = w->lookup ? w->lookup->event : w->fd };
	if (w->lookup)
		fd_r->events = POLLIN;
	else if (w->state == WIRE_OPENING)
		fd_r->events = w->tls && !tls_wants_write(w->tls) ? POLLIN : POLLOUT;
	else
		fd_r->events = (short)((reading(w) ? POLLIN : 0) | (w->out->len ? POLLOUT : 0));
	return true;
}

int64_t wire_deadline(const struct wire *w)
{
	if (w->state == WIRE_OPEN && w->tls && tls_pending(w->tls) && reading(w))
		return 0;
	return w->state == WIRE_OPENING ? w->deadline : -1;
}

const uint8_t *wire_input(const struct wire *w, gsize *n_r)
{
	*n_r = w->in->len - w->taken;
	return w->in->data + w->taken;
}

void wire_take(struct wire *w, gsize n)
{
	g_assert(n <= w->in->len - w->taken);
	w->taken += n;
}

GByteArray *wire_output(struct wire *w)
{
	return w->out;
}

guint64 wire_queued(const struct wire *w)
{
	return w->written + w->out->len;
}

guint64 wire_written(const struct wire *w)
{
	return w->written;
}
