/* fastsmsc - an SMSC that answers and counts, as fast as it can: the same one for every client that is measured.
 *
 * usage: fastsmsc PORT [DELAY_US]. Takes any bind; answers each submit_sm after DELAY_US with a message_id. On SIGUSR1 it
 * prints {"texts":N, "first":S, "last":S, "highest":N} of what came since the last time: when the first and the last
 * submit_sm came (CLOCK_MONOTONIC, seconds), and how many were open at most on one link. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINKS 16
#define BUFFER 65536
#define PDU_MAX 4096
#define LATER 65536		/* answers that wait: a power of two, more than all windows together */
#define SUBMIT_SM 4u
#define RESPONSE 0x80000000u

struct link {
	int fd;
	size_t n_in, n_out;
	unsigned open;
	uint8_t in[BUFFER], out[BUFFER];
};

struct later {
	int64_t due_ns;
	struct link *link;
	uint32_t sequence;
};

static struct link links[LINKS];
static struct later later[LATER];	/* the delay is one for all, so they are in order of time */
static unsigned long head, tail, next_id;
static int64_t delay_ns;
static struct { unsigned long texts; int64_t first, last; unsigned highest; } seen;
static volatile sig_atomic_t asked;

static void on_signal(int n)
{
	(void)n;
	asked = 1;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void tell(void)
{
	asked = 0;
	printf("{\"texts\":%lu, \"first\":%.9f, \"last\":%.9f, \"highest\":%u}\n", seen.texts, (double)seen.first / 1e9,
	       (double)seen.last / 1e9, seen.highest);
	fflush(stdout);
	memset(&seen, 0, sizeof(seen));
}

static void link_close(struct link *k)
{
	close(k->fd);
	k->fd = -1;
	for (unsigned long i = head; i != tail; i++)
		if (later[i % LATER].link == k)
			later[i % LATER].link = NULL;
}

static void flush(struct link *k)
{
	ssize_t n = k->fd < 0 ? 0 : send(k->fd, k->out, k->n_out, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN)
		link_close(k);
	if (n > 0)
		memmove(k->out, k->out + n, k->n_out -= (size_t)n);
}

static void answer(struct link *k, uint32_t command, uint32_t sequence)
{
	uint8_t pdu[48];
	uint32_t head_of_it[4] = { 0, htonl(command | RESPONSE), 0, htonl(sequence) };
	size_t n = 16;

	if (command == SUBMIT_SM)
		n += (size_t)snprintf((char *)pdu + 16, 32, "%lu", ++next_id) + 1;
	else if (command == 1 || command == 2 || command == 9)
		n += (size_t)snprintf((char *)pdu + 16, 32, "fastsmsc") + 1;
	head_of_it[0] = htonl((uint32_t)n);
	memcpy(pdu, head_of_it, 16);
	if (k->n_out + n > BUFFER)
		flush(k);
	if (k->fd < 0 || k->n_out + n > BUFFER)
		return;
	memcpy(k->out + k->n_out, pdu, n);
	k->n_out += n;
	if (command == SUBMIT_SM)
		k->open--;
}

static void count(struct link *k, int64_t now)
{
	if (!seen.texts++)
		seen.first = now;
	seen.last = now;
	if (++k->open > seen.highest)
		seen.highest = k->open;
}

static void take(struct link *k, uint32_t command, uint32_t sequence, int64_t now)
{
	if (command & RESPONSE)
		return;
	if (command == SUBMIT_SM)
		count(k, now);
	if (command == SUBMIT_SM && delay_ns && tail - head < LATER)
		later[tail++ % LATER] = (struct later){ now + delay_ns, k, sequence };
	else
		answer(k, command, sequence);
}

static void hear(struct link *k)
{
	ssize_t n = recv(k->fd, k->in + k->n_in, BUFFER - k->n_in, MSG_DONTWAIT);
	int64_t now = now_ns();
	size_t at = 0;
	uint32_t h[4];

	if (n <= 0) {
		link_close(k);
		return;
	}
	k->n_in += (size_t)n;
	while (k->fd >= 0 && k->n_in - at >= 16) {
		memcpy(h, k->in + at, 16);
		if (ntohl(h[0]) < 16 || ntohl(h[0]) > PDU_MAX) {
			link_close(k);
			return;
		}
		if (k->n_in - at < ntohl(h[0]))
			break;
		at += ntohl(h[0]);
		take(k, ntohl(h[1]), ntohl(h[3]), now);
	}
	memmove(k->in, k->in + at, k->n_in -= at);
}

static void answer_due(void)
{
	int64_t now = head == tail ? 0 : now_ns();

	for (; head != tail && later[head % LATER].due_ns <= now; head++)
		if (later[head % LATER].link)
			answer(later[head % LATER].link, SUBMIT_SM, later[head % LATER].sequence);
	for (int i = 0; i < LINKS; i++)
		if (links[i].fd >= 0 && links[i].n_out)
			flush(&links[i]);
}

static void let_in(int listener)
{
	int fd = accept(listener, NULL, NULL), one = 1;

	for (int i = 0; fd >= 0 && i < LINKS; i++) {
		if (links[i].fd >= 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		links[i].fd = fd;
		links[i].n_in = links[i].n_out = links[i].open = 0;
		return;
	}
	if (fd >= 0)
		close(fd);
}

static int listen_at(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 16) == 0)
		return fd;
	perror("fastsmsc");
	exit(1);
}

static void turn(int listener, const sigset_t *while_waiting)
{
	struct pollfd fds[LINKS + 1] = { { .fd = listener, .events = POLLIN } };
	int64_t left = head == tail ? 1000000000 : later[head % LATER].due_ns - now_ns();
	struct timespec wait = { .tv_nsec = left < 0 ? 0 : left > 999999999 ? 999999999 : left };

	for (int i = 0; i < LINKS; i++)
		fds[i + 1] = (struct pollfd){ .fd = links[i].fd, .events = (short)(POLLIN | (links[i].n_out ? POLLOUT : 0)) };
	if (ppoll(fds, LINKS + 1, &wait, while_waiting) > 0) {
		for (int i = 0; i < LINKS; i++)
			if (fds[i + 1].revents & (POLLIN | POLLHUP | POLLERR))
				hear(&links[i]);
		if (fds[0].revents)
			let_in(listener);
	}
	answer_due();
	if (asked)
		tell();
}

int main(int argc, char **argv)
{
	sigset_t usr1, before;
	int listener;

	if (argc < 2) {
		fprintf(stderr, "usage: fastsmsc PORT [DELAY_US]\n");
		return 64;
	}
	delay_ns = argc > 2 ? atol(argv[2]) * 1000 : 0;
	for (int i = 0; i < LINKS; i++)
		links[i].fd = -1;
	listener = listen_at(atoi(argv[1]));
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &before);		/* it comes only while ppoll() waits */
	signal(SIGUSR1, on_signal);
	for (;;)
		turn(listener, &before);
}
