/* milterload - plays the mail server's side of the milter protocol (version 6) straight to a milter's socket, and keeps
 * to what the milter negotiates: steps left out, steps without a reply, macros, SKIP. */
#include "load.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SMFIP_* of <libmilter/mfdef.h>, by the step they are about. */
enum { STEP_CONNECT, STEP_HELO, STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_HEADER, STEP_EOH, STEP_BODY, STEP_EOM, N_STEPS };
static const struct {
	char command;
	uint32_t left_out, no_reply;
	int macros;		/* SMFIM_*: which list of macros goes before it; -1: none */
} steps[N_STEPS] = {
	{ 'C', 0x1, 0x1000, 0 }, { 'H', 0x2, 0x2000, 1 }, { 'M', 0x4, 0x4000, 2 }, { 'R', 0x8, 0x8000, 3 },
	{ 'T', 0x200, 0x10000, 4 }, { 'L', 0x20, 0x80, -1 }, { 'N', 0x40, 0x40000, 6 }, { 'B', 0x10, 0x80000, -1 },
	{ 'E', 0, 0, 5 }
};
#define LEADING_SPACE 0x100000u
#define N_MACRO_LISTS 7

struct buffer {
	char *data;
	size_t len, size;
};

struct link {
	const struct load *load;
	int fd;
	uint32_t protocol;
	bool no_macros[N_MACRO_LISTS];	/* the milter asked for an empty list */
	struct buffer out, packet;
	char in[65536];
	size_t in_len, in_at;
	bool edited, ended;		/* ended: no more mails on this connection */
};

static void append(struct buffer *b, const void *data, size_t n)
{
	if (b->len + n > b->size) {
		b->size = (b->len + n) * 2;
		b->data = realloc(b->data, b->size);
	}
	memcpy(b->data + b->len, data, n);
	b->len += n;
}

static void append_string(struct buffer *b, const char *s)
{
	append(b, s, strlen(s) + 1);
}

/* Puts what is in k->packet behind a length and the command; nothing is written before an answer is waited for. */
static void queue_packet(struct link *k, char command)
{
	uint32_t n = htonl((uint32_t)k->packet.len + 1);

	append(&k->out, &n, 4);
	append(&k->out, &command, 1);
	append(&k->out, k->packet.data ? k->packet.data : "", k->packet.len);
	k->packet.len = 0;
}

static bool read_all(struct link *k, void *to, size_t n)
{
	while (n > 0) {
		size_t have = k->in_len - k->in_at;

		if (have == 0) {
			ssize_t got = read(k->fd, k->in, sizeof(k->in));

			if (got <= 0)
				return false;
			k->in_len = (size_t)got;
			k->in_at = 0;
			continue;
		}
		have = have < n ? have : n;
		if (to) {
			memcpy(to, k->in + k->in_at, have);
			to = (char *)to + have;
		}
		k->in_at += have;
		n -= have;
	}
	return true;
}

/* The next packet's command; its data goes to k->packet if keep, else is dropped. 0: the milter is gone. */
static char read_packet(struct link *k, bool keep)
{
	uint32_t n;
	char command;

	if (!read_all(k, &n, 4) || !read_all(k, &command, 1))
		return 0;
	n = ntohl(n) - 1;
	if (!keep)
		return read_all(k, NULL, n) ? command : 0;
	k->packet.len = 0;
	while (n > 0) {
		char piece[512];
		size_t m = n < sizeof(piece) ? n : sizeof(piece);

		if (!read_all(k, piece, m))
			return 0;
		append(&k->packet, piece, m);
		n -= (uint32_t)m;
	}
	return command;
}

/* Writes what is queued and gives the verdict; edits on the way to it are noted. */
static char verdict(struct link *k)
{
	bool written = load_write(k->fd, k->out.data, k->out.len);
	char c;

	k->out.len = 0;
	if (!written)
		return 0;
	while ((c = read_packet(k, false)) != 0 && strchr("+2-himbepq", c))
		k->edited |= c == 'b';
	return c;
}

static void macros(struct link *k, int step, const char *id)
{
	char command = steps[step].command;

	k->packet.len = 0;
	if (steps[step].macros < 0 || k->no_macros[steps[step].macros])
		return;
	append(&k->packet, &command, 1);
	if (step == STEP_CONNECT || step == STEP_EOM) {
		append_string(&k->packet, "j");
		append_string(&k->packet, "mx.example.com");
	}
	if (id) {
		append_string(&k->packet, "i");
		append_string(&k->packet, id);
	}
	queue_packet(k, 'D');
}

/* Sends what is in data as that step: 'c' to go on. */
static char step_send(struct link *k, int step, const void *data, size_t n, const char *id)
{
	if (k->protocol & steps[step].left_out)
		return 'c';
	macros(k, step, id);
	append(&k->packet, data, n);
	queue_packet(k, steps[step].command);
	return k->protocol & steps[step].no_reply ? 'c' : verdict(k);
}

static void read_macro_lists(struct link *k)
{
	const char *p = k->packet.data + 12, *end = k->packet.data + k->packet.len;

	while (end - p > 4) {
		uint32_t list;

		memcpy(&list, p, 4);
		list = ntohl(list);
		p += 4;
		if (list < N_MACRO_LISTS)
			k->no_macros[list] = *p == 0;
		p += strnlen(p, (size_t)(end - p)) + 1;
	}
}

static bool negotiate(struct link *k)
{
	const uint32_t offer[3] = { htonl(6), htonl(0x1ff), htonl(0x1fffff) };
	uint32_t answer[3];

	append(&k->packet, offer, sizeof(offer));
	queue_packet(k, 'O');
	if (!load_write(k->fd, k->out.data, k->out.len))
		return false;
	k->out.len = 0;
	if (read_packet(k, true) != 'O' || k->packet.len < sizeof(answer))
		return false;
	memcpy(answer, k->packet.data, sizeof(answer));
	k->protocol = ntohl(answer[2]);
	read_macro_lists(k);
	k->packet.len = 0;
	return true;
}

struct link *link_open(const struct load *l)
{
	struct link *k = calloc(1, sizeof(*k));
	struct buffer b = { NULL, 0, 0 };
	const uint16_t port = htons(12345);
	char c = 0;

	k->load = l;
	k->fd = load_dial(l->target, NULL);
	if (k->fd >= 0 && negotiate(k)) {
		append_string(&b, "pbx.example.com");
		append(&b, "4", 1);
		append(&b, &port, 2);
		append_string(&b, l->address);
		c = step_send(k, STEP_CONNECT, b.data, b.len, NULL);
		if (c == 'c')
			c = step_send(k, STEP_HELO, "pbx.example.com", 16, NULL);
	}
	free(b.data);
	k->ended = c == 'a';
	if (c == 'c' || c == 'a')
		return k;
	link_close(k);
	return NULL;
}

/* Continuation lines belong to the field; the milter sees LF for CRLF within. */
static const char *field_end(const char *p)
{
	const char *nl = strstr(p, "\r\n");

	while (nl[2] == ' ' || nl[2] == '\t')
		nl = strstr(nl + 2, "\r\n");
	return nl;
}

static char send_field(struct link *k, const char *p, const char *end)
{
	const char *colon = memchr(p, ':', (size_t)(end - p));
	char buf[4096];
	size_t n = (size_t)(colon - p);

	memcpy(buf, p, n);
	buf[n++] = 0;
	for (p = colon + 1 + (!(k->protocol & LEADING_SPACE) && colon[1] == ' '); p < end && n < sizeof(buf) - 1; p++)
		if (*p != '\r')
			buf[n++] = *p;
	buf[n++] = 0;
	return step_send(k, STEP_HEADER, buf, n, NULL);
}

static char send_content(struct link *k, const char *mail, const char *id)
{
	const struct load *l = k->load;
	char c = 'c';

	for (const char *p = mail; c == 'c' && p < mail + l->body - 2;) {
		const char *end = field_end(p);

		c = send_field(k, p, end);
		p = end + 2;
	}
	if (c == 'c')
		c = step_send(k, STEP_EOH, "", 0, id);
	for (size_t at = l->body; c == 'c' && at < l->size;) {
		size_t n = l->size - at < 65535 ? l->size - at : 65535;

		c = step_send(k, STEP_BODY, mail + at, n, NULL);
		at += n;
	}
	return c == 's' ? 'c' : c;	/* SKIP: the rest of the body is not wanted */
}

static char send_envelope(struct link *k, const char *id)
{
	static const char from[] = "<pbx@example.com>";
	char c = step_send(k, STEP_MAIL, from, sizeof(from), NULL);
	char rcpt[300];

	for (int i = 0; c == 'c' && i < k->load->n_rcpts; i++) {
		int n = snprintf(rcpt, sizeof(rcpt), "<%s>", k->load->rcpts[i]);

		c = step_send(k, STEP_RCPT, rcpt, (size_t)n + 1, id);
	}
	return c == 'c' ? step_send(k, STEP_DATA, "", 0, id) : c;
}

enum outcome link_send(struct link *k, const char *mail, int serial)
{
	char id[24], c;

	if (k->ended)
		return PASSED;
	snprintf(id, sizeof(id), "4B%08X", (unsigned)serial);
	k->edited = false;
	c = send_envelope(k, id);
	if (c == 'c')
		c = send_content(k, mail, id);
	if (c == 'c')
		c = step_send(k, STEP_EOM, "", 0, id);
	if (c == 'd')
		return DISCARDED;
	if (c != 'c' && c != 'a')
		return FAILED;
	return k->edited ? EDITED : PASSED;
}

void link_close(struct link *k)
{
	if (k->fd >= 0) {
		k->packet.len = 0;
		queue_packet(k, 'Q');
		load_write(k->fd, k->out.data, k->out.len);
		close(k->fd);
	}
	free(k->out.data);
	free(k->packet.data);
	free(k);
}

int main(int argc, char **argv)
{
	return load_main(argc, argv, "milterload");
}
