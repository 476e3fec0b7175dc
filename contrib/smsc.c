/* The connections of the pretend SMSC and what is said on them: SMPP by ESMEs, lines by people. */
#include "config.h"

#include "smsc.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "joiner.h"
#include "smpp_pdu.h"
#include "smpp_words.h"
#include "text.h"

#define CONNS_MAX 200
#define OUTPUT_MAX (1024 * 1024)
#define LINE_MAX_OCTETS 4096
#define DELIVERS_MAX 10000
#define IN_FLIGHT_MAX 10	/* deliver_sm without an answer, per ESME */
#define RETRY_MS 1000		/* until a deliver_sm that was answered "later" goes again */
#define RESPONSE 0x80000000u
#define ESM_RECEIPT 0x04
#define UDHI 0x40

enum {
	BIND_RECEIVER = 1, BIND_TRANSMITTER = 2, SUBMIT_SM = 4, DELIVER_SM = 5, UNBIND = 6, BIND_TRANSCEIVER = 9,
	ENQUIRE_LINK = 0x15,
};

struct conn {
	enum conn_kind kind;
	int fd;
	guint64 id;
	GByteArray *in, *out;
	bool dead, last;		/* last: closed once all is written */
	bool bound, sends, receives;	/* ESME */
	uint32_t sequence;
	guint in_flight;
};

/* A response that waits for its time (--delay-ms), and the receipt that follows it. */
struct delayed {
	int64_t due;
	guint64 conn;
	uint32_t sequence;
	char *message_id;
	struct deliver *receipt;	/* or NULL */
};

/* A text from a phone, a part of one, or a receipt: kept until somebody has answered it. */
struct deliver {
	char *from, *to;
	GBytes *octets;
	uint8_t data_coding, esm_class;
	int64_t due;
	guint64 conn;			/* 0: waits */
	uint32_t sequence;
};

struct smsc smsc = { .receipts = "DELIVRD", .listener = -1, .control_listener = -1 };

/* ---- connections ---- */

struct conn *conn_add(enum conn_kind kind, int fd)
{
	struct conn *c = g_new0(struct conn, 1);

	c->kind = kind;
	c->fd = fd;
	c->id = ++smsc.last_conn;
	c->in = g_byte_array_new();
	c->out = g_byte_array_new();
	g_ptr_array_add(smsc.conns, c);
	return c;
}

static void conn_free(gpointer data)
{
	struct conn *c = data;

	if (c->kind != CONN_STDIN)
		close(c->fd);
	g_byte_array_unref(c->in);
	g_byte_array_unref(c->out);
	g_free(c);
}

static struct conn *conn_find(guint64 id)
{
	for (guint i = 0; i < smsc.conns->len; i++) {
		struct conn *c = smsc.conns->pdata[i];

		if (c->id == id && !c->dead)
			return c;
	}
	return NULL;
}

/* The ESME that bound last gets what comes from phones. */
static struct conn *conn_receiver(void)
{
	for (guint i = smsc.conns->len; i > 0; i--) {
		struct conn *c = smsc.conns->pdata[i - 1];

		if (c->bound && c->receives && !c->dead && !c->last)
			return c;
	}
	return NULL;
}

static void conn_flush(struct conn *c)
{
	while (c->out->len && !c->dead && c->kind != CONN_STDIN) {
		ssize_t n = send(c->fd, c->out->data, c->out->len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0)
			c->dead = true;
		else
			g_byte_array_remove_range(c->out, 0, (guint)n);
	}
	if (c->out->len > OUTPUT_MAX || (c->last && !c->out->len))
		c->dead = true;
}

/* What was on its way to it goes to the next one, as an SMSC would. */
static void conn_forget(struct conn *c)
{
	if (c->kind == CONN_ESME && c->bound)
		printf("ringback-smsc: connection %" G_GUINT64_FORMAT " is gone\n", c->id);
	for (GList *l = smsc.delivers.head; l; l = l->next) {
		struct deliver *d = l->data;

		if (d->conn == c->id)
			d->conn = 0;
	}
}

static void conns_sweep(void)
{
	for (guint i = smsc.conns->len; i > 0; i--) {
		struct conn *c = smsc.conns->pdata[i - 1];

		if (!c->dead)
			continue;
		conn_forget(c);
		g_ptr_array_remove_index(smsc.conns, i - 1);
	}
}

static void conn_say(struct conn *c, uint32_t command_id, uint32_t status, uint32_t sequence, const char *id)
{
	g_autoptr(GError) err = NULL;

	if (!smpp_pack_simple(c->out, command_id, status, sequence, id, &err))
		fprintf(stderr, "ringback-smsc: %s\n", err->message);
}

/* ---- texts to phones ---- */

static int64_t reference_of(const struct smpp_pdu *p)
{
	for (gsize i = 0; i < p->n_tlvs; i++)
		if (p->tlvs[i].tag == 0x0204 && p->tlvs[i].length == 2)
			return p->tlvs[i].value[0] << 8 | p->tlvs[i].value[1];
	return -1;
}

static struct deliver *deliver_new(const char *from, const char *to, GBytes *octets, uint8_t esm_class)
{
	struct deliver *d = g_new0(struct deliver, 1);

	d->from = g_strdup(from);
	d->to = g_strdup(to);
	d->octets = octets;
	d->esm_class = esm_class;
	return d;
}

static void deliver_free(gpointer data)
{
	struct deliver *d = data;

	if (!d)
		return;
	g_free(d->from);
	g_free(d->to);
	g_bytes_unref(d->octets);
	g_free(d);
}

/* SMPP 3.4, appendix B. */
static struct deliver *receipt_new(const struct smpp_pdu *p, const char *id)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(clock_now());
	g_autofree char *at = g_date_time_format(now, "%y%m%d%H%M");
	bool fine = strcmp(smsc.receipts, "DELIVRD") == 0;

	char *text = g_strdup_printf("id:%s sub:001 dlvrd:00%d submit date:%s done date:%s stat:%s err:00%d text:",
				     id, fine, at, at, smsc.receipts, !fine);

	return deliver_new(p->destination_addr, p->source_addr, g_bytes_new_take(text, strlen(text)), ESM_RECEIPT);
}

static void delayed_free(gpointer data)
{
	struct delayed *w = data;

	g_free(w->message_id);
	deliver_free(w->receipt);
	g_free(w);
}

/* A text in parts is shown when they are all there. */
static void show(const char *to, const char *from, const struct smpp_pdu *p, struct arena *a)
{
	struct joiner_part part = { .phone = to, .coding = coding_of(p->data_coding, smsc.alphabet) };
	struct joined *t;

	part.octets = smpp_octets(p, &part.n);
	if (!smpp_concat(p, &part.concat) || part.concat.total > JOINER_PARTS_MAX) {
		smsc_show(to, from, smpp_text(a, p, smsc.alphabet), part.coding, 0);
		return;
	}
	while ((t = joiner_due(smsc.joiner, clock_mono_ms())))
		joiner_remove(smsc.joiner, t);
	t = joiner_add(smsc.joiner, &part, clock_mono_ms());
	if (t->done || t->have < t->total)
		return;
	smsc_show(to, from, joined_text(t, a), part.coding, t->total);
	joiner_remove(smsc.joiner, t);		/* the next text may have the same reference */
}

static void take_submit(struct conn *c, const struct smpp_pdu *p)
{
	AUTO_ARENA a = arena_new();
	const char *to = smpp_phone(a, p->destination_addr, p->dest_ton);
	const char *from = text_line(a, text_utf8(a, p->source_addr, strlen(p->source_addr)), 40);
	struct delayed *w;

	if (!c->bound || !c->sends) {
		conn_say(c, SUBMIT_SM | RESPONSE, 0x04, p->sequence_number, NULL);
		return;
	}
	w = g_new0(struct delayed, 1);
	w->due = clock_mono_ms() + smsc.delay_ms;
	w->conn = c->id;
	w->sequence = p->sequence_number;
	w->message_id = g_strdup_printf("%08x", ++smsc.last_message);
	if (smsc.receipts && (p->registered_delivery & 1))
		w->receipt = receipt_new(p, w->message_id);
	if (g_hash_table_size(smsc.senders) < DELIVERS_MAX)
		g_hash_table_insert(smsc.senders, g_strdup(to), g_strdup(p->source_addr));
	smsc_log(to, from, smpp_text(a, p, smsc.alphabet), w->message_id, reference_of(p));
	show(to, from, p, a);
	g_queue_push_tail(&smsc.delayed, w);
}

/* The delay is one for all, so the queue is in order of time. */
static void turn_delayed(int64_t now)
{
	struct delayed *w;

	while ((w = g_queue_peek_head(&smsc.delayed)) && w->due <= now) {
		struct conn *c = conn_find(w->conn);

		g_queue_pop_head(&smsc.delayed);
		if (c)
			conn_say(c, SUBMIT_SM | RESPONSE, 0, w->sequence, w->message_id);
		if (w->receipt && smsc.delivers.length < DELIVERS_MAX)
			g_queue_push_tail(&smsc.delivers, g_steal_pointer(&w->receipt));
		delayed_free(w);
	}
}

/* ---- texts from phones ---- */

static void deliver_send(struct conn *c, struct deliver *d)
{
	struct smpp_address from = smpp_address_of(d->from), to = smpp_address_of(d->to);
	struct smpp_submit m = {
		.sequence_number = c->sequence = c->sequence >= 0x7fffffff ? 1 : c->sequence + 1,
		.source_addr = from.digits, .source_ton = from.ton, .source_npi = from.npi,
		.destination_addr = to.digits, .dest_ton = to.ton, .dest_npi = to.npi, .data_coding = d->data_coding,
	};

	m.octets = g_bytes_get_data(d->octets, &m.n);
	d->conn = c->id;
	d->sequence = m.sequence_number;
	c->in_flight++;
	if (!smpp_pack_deliver(c->out, &m, d->esm_class, NULL))
		fprintf(stderr, "ringback-smsc: a deliver_sm cannot be packed\n");
}

static void turn_delivers(int64_t now)
{
	struct conn *c = conn_receiver();

	for (GList *l = smsc.delivers.head; l && c && c->in_flight < IN_FLIGHT_MAX; l = l->next) {
		struct deliver *d = l->data;

		if (!d->conn && d->due <= now)
			deliver_send(c, d);
	}
}

/* "Later" means later; everything else, also a final no, ends it. */
static void take_deliver_resp(struct conn *c, const struct smpp_pdu *p)
{
	for (GList *l = smsc.delivers.head; l; l = l->next) {
		struct deliver *d = l->data;

		if (d->conn != c->id || d->sequence != p->sequence_number)
			continue;
		c->in_flight--;
		if (p->command_status == 0x64 || p->command_status == 0x08 || p->command_status == 0x14) {
			d->conn = 0;
			d->due = clock_mono_ms() + RETRY_MS;
			return;
		}
		if (p->command_status)
			printf("ringback-smsc: deliver_sm refused: 0x%x\n", p->command_status);
		g_queue_delete_link(&smsc.delivers, l);
		deliver_free(d);
		return;
	}
}

/* One deliver_sm for each part, as an SMSC hands on what a phone sent. False: it is too long. */
static bool queue_text(const char *from, const char *to, const char *text)
{
	static uint8_t reference;
	const struct coding_rules rules = { .alphabet = smsc.alphabet, .wide = true };
	AUTO_ARENA a = arena_new();
	const struct coded *coded = coding_encode(a, text, &rules);

	reference++;
	for (guint i = 0; coded && i < coded->n; i++) {
		const uint8_t header[] = { 5, 0, 3, reference, (uint8_t)coded->n, (uint8_t)(i + 1) };
		GByteArray *octets = g_byte_array_new();
		struct deliver *d;

		if (coded->n > 1)
			g_byte_array_append(octets, header, sizeof(header));
		g_byte_array_append(octets, coded->parts[i].octets, (guint)coded->parts[i].n);
		d = deliver_new(from, to, g_byte_array_free_to_bytes(octets), coded->n > 1 ? UDHI : 0);
		d->data_coding = coded->data_coding;
		g_queue_push_tail(&smsc.delivers, d);
	}
	return coded != NULL;
}

static const char *command_reply(const char *rest)
{
	g_auto(GStrv) words = g_strsplit(rest, " ", 2);
	const char *digits = words[0] ? words[0] + (words[0][0] == '+') : "", *to;
	gsize len = strlen(digits);

	if (len < 3 || len > 20 || strspn(digits, "0123456789") != len || !words[1] || !*words[1])
		return "error: reply NUMBER TEXT";
	if (!g_utf8_validate(words[1], -1, NULL))
		return "error: the text is not UTF-8";
	if (smsc.delivers.length >= DELIVERS_MAX)
		return "error: too many texts wait already";
	to = g_hash_table_lookup(smsc.senders, words[0]);
	if (!queue_text(words[0], to ? to : "", words[1]))
		return "error: the text is too long";
	return conn_receiver() ? "ok" : "ok: waits until somebody binds";
}

static const char *command_run(const char *line)
{
	if (g_str_has_prefix(line, "reply "))
		return command_reply(line + 6);
	if (strcmp(line, "quit") == 0) {
		smsc.quit = true;
		return "ok";
	}
	return *line ? "error: known are: reply NUMBER TEXT, quit" : "";
}

static void take_lines(struct conn *c)
{
	uint8_t *end;

	while (!c->dead && c->in->len && (end = memchr(c->in->data, '\n', c->in->len))) {
		g_autofree char *line = g_strndup((char *)c->in->data, (gsize)(end - c->in->data));
		const char *answer = command_run(g_strchomp(line));

		g_byte_array_remove_range(c->in, 0, (guint)(end - c->in->data) + 1);
		if (c->kind == CONN_STDIN) {
			printf("%s%s", answer, *answer ? "\n" : "");
			continue;
		}
		g_byte_array_append(c->out, (const guint8 *)answer, (guint)strlen(answer));
		g_byte_array_append(c->out, (const guint8 *)"\n", 1);
	}
	if (c->in->len > LINE_MAX_OCTETS)
		c->dead = true;
}

/* ---- what an ESME says ---- */

static uint32_t bind_status(const struct conn *c, const struct smpp_pdu *p)
{
	if (c->bound)
		return 0x05;
	if (smsc.system_id && strcmp(smsc.system_id, p->system_id) != 0)
		return 0x0f;
	return smsc.password && strcmp(smsc.password, p->password) != 0 ? 0x0e : 0;
}

static void take_bind(struct conn *c, const struct smpp_pdu *p)
{
	uint32_t status = bind_status(c, p);
	AUTO_ARENA a = arena_new();
	const char *who = text_line(a, text_utf8(a, p->system_id, strlen(p->system_id)), 15);
	char name[40];

	conn_say(c, p->command_id | RESPONSE, status, p->sequence_number, "ringback-smsc");
	if (status) {
		printf("ringback-smsc: bind of \"%s\" refused: %s\n", who, smpp_status_name(status, name));
		c->last = !c->bound;
		return;
	}
	c->bound = true;
	c->sends = p->command_id != BIND_RECEIVER;
	c->receives = p->command_id != BIND_TRANSMITTER;
	printf("ringback-smsc: \"%s\" is bound, connection %" G_GUINT64_FORMAT "\n", who, c->id);
}

static void take_pdu(struct conn *c, const struct smpp_pdu *p)
{
	switch (p->command_id) {
	case BIND_RECEIVER:
	case BIND_TRANSMITTER:
	case BIND_TRANSCEIVER:
		take_bind(c, p);
		break;
	case SUBMIT_SM:
		take_submit(c, p);
		break;
	case DELIVER_SM | RESPONSE:
		take_deliver_resp(c, p);
		break;
	case ENQUIRE_LINK:
		conn_say(c, ENQUIRE_LINK | RESPONSE, 0, p->sequence_number, NULL);
		break;
	case UNBIND:
		conn_say(c, UNBIND | RESPONSE, 0, p->sequence_number, NULL);
		c->last = true;
		break;
	default:
		if (!(p->command_id & RESPONSE))
			conn_say(c, RESPONSE, 0x03, p->sequence_number, NULL);
	}
}

static void take_pdus(struct conn *c)
{
	gsize used = 0;

	while (!c->dead && !c->last) {
		AUTO_ARENA a = arena_new();
		struct smpp_pdu p;
		gsize size;
		enum smpp_decode done = smpp_decode(c->in->data + used, c->in->len - used, SMPP_PDU_MAX, a, &p, &size);

		if (done == SMPP_INCOMPLETE)
			break;
		if (done == SMPP_BAD_LENGTH) {
			conn_say(c, RESPONSE, 0x02, 0, NULL);
			c->last = true;
			break;
		}
		if (done == SMPP_DECODED)
			take_pdu(c, &p);
		else if (!(p.command_id & RESPONSE))
			conn_say(c, RESPONSE, 0x02, p.sequence_number, NULL);
		used += size;
	}
	if (used)
		g_byte_array_remove_range(c->in, 0, (guint)used);
}

/* ---- the loop ---- */

static void conn_read(struct conn *c)
{
	uint8_t buf[16384];
	ssize_t n = read(c->fd, buf, sizeof(buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		c->dead = true;
		return;
	}
	g_byte_array_append(c->in, buf, (guint)n);
	if (c->kind == CONN_ESME)
		take_pdus(c);
	else
		take_lines(c);
}

static void conn_accept(int listener, enum conn_kind kind)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;

	if (fd < 0)
		return;
	if (smsc.conns->len >= CONNS_MAX) {
		close(fd);
		return;
	}
	if (kind == CONN_ESME)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	conn_add(kind, fd);
}

static int wait_ms(int64_t now)
{
	const struct delayed *w = g_queue_peek_head(&smsc.delayed);
	int64_t ms = smsc.delivers.length ? RETRY_MS / 4 : 1000;

	return (int)CLAMP(w ? MIN(w->due - now, ms) : ms, 0, 1000);
}

static short events_of(const struct conn *c)
{
	/* who does not read what we say is not listened to either */
	return (short)((c->out->len < OUTPUT_MAX / 4 && !c->last ? POLLIN : 0) | (c->out->len ? POLLOUT : 0));
}

void smsc_turn(void)
{
	g_autofree struct pollfd *fds = g_new0(struct pollfd, smsc.conns->len + 2);
	guint n = smsc.conns->len;

	for (guint i = 0; i < n; i++) {
		struct conn *c = smsc.conns->pdata[i];

		fds[i] = (struct pollfd){ .fd = c->fd, .events = events_of(c) };
	}
	fds[n] = (struct pollfd){ .fd = smsc.listener, .events = POLLIN };
	fds[n + 1] = (struct pollfd){ .fd = smsc.control_listener, .events = POLLIN };
	if (poll(fds, n + 2, wait_ms(clock_mono_ms())) < 0)
		return;
	for (guint i = 0; i < n; i++)
		if (fds[i].revents & (POLLIN | POLLHUP | POLLERR))
			conn_read(smsc.conns->pdata[i]);
	if (fds[n].revents)
		conn_accept(smsc.listener, CONN_ESME);
	if (fds[n + 1].revents)
		conn_accept(smsc.control_listener, CONN_CONTROL);
	turn_delayed(clock_mono_ms());
	turn_delivers(clock_mono_ms());
	for (guint i = 0; i < smsc.conns->len; i++)
		conn_flush(smsc.conns->pdata[i]);
	conns_sweep();
	fflush(stdout);
}

void smsc_init(void)
{
	smsc.conns = g_ptr_array_new_with_free_func(conn_free);
	smsc.joiner = joiner_new();
	smsc.senders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	smsc.last_message = (uint32_t)(clock_now() << 8);	/* other ids after a restart */
}

void smsc_clear(void)
{
	g_ptr_array_unref(smsc.conns);
	joiner_free(smsc.joiner);
	g_hash_table_unref(smsc.senders);
	g_queue_clear_full(&smsc.delayed, delayed_free);
	g_queue_clear_full(&smsc.delivers, deliver_free);
}
