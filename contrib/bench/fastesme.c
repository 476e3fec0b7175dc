/* fastesme - the least that a client of an SMSC can do, for the limit that the machine sets: it keeps its window full of
 * one and the same submit_sm, and forgets. usage: fastesme PORT WINDOW N */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEXT 100
#define WINDOW_MAX 1000

static const uint8_t bind_body[] = "r\0\0\0\x34\0\0";	/* with the NUL at its end: address_range */
static uint8_t submit[16 + 60 + TEXT];
static size_t submit_n;

static size_t pdu(uint8_t *at, uint32_t command, uint32_t sequence, const void *body, size_t n)
{
	uint32_t h[4] = { htonl((uint32_t)n + 16), htonl(command), 0, htonl(sequence) };

	memcpy(at, h, 16);
	memcpy(at + 16, body, n);
	return n + 16;
}

static void submit_make(void)
{
	static const uint8_t head[] = "\0\1\1" "12025550100\0" "\1\1" "447700900123\0" "\0\0\0\0\0\1\0\0\0";
	uint8_t body[sizeof(head) + TEXT + 1];
	size_t n = sizeof(head) - 1;

	memcpy(body, head, n);
	body[n++] = TEXT;
	memset(body + n, 'x', TEXT);
	submit_n = pdu(submit, 4, 1, body, n + TEXT);
}

static void put(int fd, long n)
{
	static uint8_t out[WINDOW_MAX * sizeof(submit)];

	for (long i = 0; i < n; i++)
		memcpy(out + (size_t)i * submit_n, submit, submit_n);
	if (n && send(fd, out, (size_t)n * submit_n, 0) != (ssize_t)((size_t)n * submit_n))
		exit(1);
}

/* How many answers to submit_sm came. */
static long answers(int fd)
{
	static uint8_t in[65536];
	static size_t have;
	ssize_t n = recv(fd, in + have, sizeof(in) - have, 0);
	uint32_t h[2];
	size_t at = 0;
	long found = 0;

	if (n <= 0)
		exit(1);
	have += (size_t)n;
	while (have - at >= 16) {
		memcpy(h, in + at, 8);
		if (have - at < ntohl(h[0]))
			break;
		found += ntohl(h[1]) == 0x80000004u;
		at += ntohl(h[0]);
	}
	memmove(in, in + at, have -= at);
	return found;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long window = argc == 4 ? atol(argv[2]) : 0, left = argc == 4 ? atol(argv[3]) : 0, open = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	uint8_t hello[64];

	if (window < 1 || window > WINDOW_MAX)
		return 64;
	to.sin_port = htons((uint16_t)atoi(argv[1]));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (send(fd, hello, pdu(hello, 9, 1, bind_body, sizeof(bind_body)), 0) < 0)
		return 1;
	submit_make();
	while (left || open) {
		long n = left < window - open ? left : window - open;

		put(fd, n);
		left -= n;
		open += n;
		open -= answers(fd);
	}
	close(fd);
	return 0;
}
