/* Whole sessions of the carrier against a scripted SMSC on a socket in this same thread: it says what a test tells it
 * to, in any fragmentation. Nothing sleeps: each step waits for its condition. */
#include "config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "clock.h"
#include "smpp_private.h"
#include "smpp_pdu.h"

#define PASSWORD "s3cr3t08"
#define TEXT "MISSED 21:52 Clinic"
#define PHONE "+447700900123"
#define PATIENCE_MS 20000
#define RESP 0x80000000u

struct world {
	int listener, peer;
	GByteArray *in;			/* from the carrier */
	struct arena *arena;		/* strings of the last PDU, until the next peer_take() */
	struct carrier *c;
	bool keep;			/* what received and receipted give */
	GString *story;			/* what the callbacks were told */
	GString *log;
};

/* ---- callbacks ---- */

static const char *const results[] = { "sent", "later", "refused", "unknown" };

static void on_outcome(void *user, const char *provider, int64_t job, enum carrier_result result, const char *id,
		       const char *error)
{
	struct world *w = user;

	g_assert_cmpstr(provider, ==, "test");
	g_assert_nonnull(error);
	g_string_append_printf(w->story, "%d:%s:%s ", (int)job, results[result], id);
}

static bool on_received(void *user, const char *provider, const char *phone, const char *text)
{
	struct world *w = user;

	g_string_append_printf(w->story, "%s<%s:%s ", provider, phone, text);
	return w->keep;
}

static bool on_receipted(void *user, const char *provider, const struct receipt *r)
{
	struct world *w = user;

	g_string_append_printf(w->story, "%s!%s:%s:%s:%d%d ", provider, r->id, r->from, r->state, r->final, r->delivered);
	return w->keep;
}

static void on_log(const char *domain, GLogLevelFlags level, const char *message, gpointer user)
{
	struct world *w = user;

	(void)domain;
	g_assert_null(strstr(message, PASSWORD));
	if (!(level & G_LOG_LEVEL_DEBUG))
		g_assert_null(strstr(message, "7700900123"));
	g_assert_null(strstr(message, TEXT));
	g_string_append_printf(w->log, "%s\n", message);
}

/* ---- the world ---- */

static int listen_somewhere(int *port_r)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	g_assert_cmpint(bind(fd, (struct sockaddr *)&a, size), ==, 0);
	g_assert_cmpint(listen(fd, 8), ==, 0);
	g_assert_cmpint(getsockname(fd, (struct sockaddr *)&a, &size), ==, 0);
	*port_r = ntohs(a.sin_port);
	return fd;
}

static void world_init(struct world *w, struct smpp_settings set)
{
	struct carrier_events events = {
		.user = w, .outcome = on_outcome, .received = on_received, .receipted = on_receipted,
	};

	*w = (struct world){ .peer = -1, .keep = true };
	w->listener = listen_somewhere(&set.port);
	w->in = g_byte_array_new();
	w->arena = arena_new();
	w->story = g_string_new(NULL);
	w->log = g_string_new(NULL);
	g_log_set_handler("ringback", G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION, on_log, w);
	w->c = smpp_new(&set, &events);
}

static struct smpp_settings settings(void)
{
	return (struct smpp_settings){
		.name = "test", .host = "127.0.0.1", .system_id = "ringback", .password = PASSWORD,
		.system_type = "", .source_addr = "+442079460100", .window = 10, .enquire_link_s = 30,
		.response_timeout_s = 10, .reconnect_min_s = 0, .reconnect_max_s = 0,
	};
}

static void world_clear(struct world *w)
{
	w->c->ops->free(w->c);
	close(w->listener);
	if (w->peer >= 0)
		close(w->peer);
	g_byte_array_unref(w->in);
	arena_free(w->arena);
	g_string_free(w->story, TRUE);
	g_string_free(w->log, TRUE);
}

static void peer_close(struct world *w)
{
	close(w->peer);
	w->peer = -1;		/* what came stays readable until the next connection */
}

static void peer_turn(struct world *w)
{
	uint8_t buf[4096];
	ssize_t n;

	if (w->peer < 0) {
		w->peer = accept4(w->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (w->peer >= 0)
			g_byte_array_set_size(w->in, 0);
		return;
	}
	while ((n = recv(w->peer, buf, sizeof(buf), 0)) > 0)
		g_byte_array_append(w->in, buf, (guint)n);
	if (n == 0)
		peer_close(w);
}

/* One turn of everything; waits until something is worth it. */
static void turn(struct world *w)
{
	struct pollfd fds[6];
	gsize n = w->c->ops->fds(w->c, fds, 4);
	int timeout = w->c->ops->timeout_ms(w->c);

	fds[n] = (struct pollfd){ .fd = w->peer >= 0 ? w->peer : w->listener, .events = POLLIN };
	poll(fds, n + 1, timeout < 0 || timeout > 1000 ? 1000 : timeout);
	w->c->ops->turn(w->c, fds, n);
	peer_turn(w);
}

#define WAIT(w, condition)										\
	for (int64_t until_ = g_get_monotonic_time() + PATIENCE_MS * 1000; !(condition); turn(w))	\
		if (g_get_monotonic_time() > until_)							\
			g_error("no %s; story %s; log\n%s", #condition, (w)->story->str, (w)->log->str)

/* ---- what the SMSC sees and says ---- */

static bool pdu_complete(struct world *w)
{
	struct smpp_pdu p;
	gsize size;

	return smpp_decode(w->in->data, w->in->len, SMPP_PDU_MAX, w->arena, &p, &size) == SMPP_DECODED;
}

static struct smpp_pdu peer_take(struct world *w)
{
	struct smpp_pdu p;
	gsize size;

	WAIT(w, pdu_complete(w));
	arena_reset(w->arena);
	g_assert_cmpint(smpp_decode(w->in->data, w->in->len, SMPP_PDU_MAX, w->arena, &p, &size), ==, SMPP_DECODED);
	if (p.short_message)
		p.short_message = arena_memdup(w->arena, p.short_message, p.sm_length);
	g_byte_array_remove_range(w->in, 0, (guint)size);
	return p;
}

static struct smpp_pdu peer_expect(struct world *w, uint32_t command_id)
{
	struct smpp_pdu p = peer_take(w);

	g_assert_cmphex(p.command_id, ==, command_id);
	return p;
}

static void peer_write(struct world *w, const void *octets, gsize n)
{
	g_assert_cmpint(send(w->peer, octets, n, MSG_NOSIGNAL), ==, n);
}

static void peer_say(struct world *w, uint32_t command_id, uint32_t status, uint32_t sequence, const char *id)
{
	g_autoptr(GByteArray) out = g_byte_array_new();

	g_assert_true(smpp_pack_simple(out, command_id, status, sequence, id, NULL));
	peer_write(w, out->data, out->len);
}

/* A header alone, with a status that no library would pack. */
static void peer_say_header(struct world *w, uint32_t command_id, uint32_t status, uint32_t sequence)
{
	uint32_t head[4] = { htonl(16), htonl(command_id), htonl(status), htonl(sequence) };

	peer_write(w, head, sizeof(head));
}

static GByteArray *deliver_pack(uint32_t sequence, uint8_t esm_class, const char *text)
{
	GByteArray *out = g_byte_array_new();
	struct smpp_submit d = {
		.sequence_number = sequence, .source_addr = "447700900123", .source_ton = 1, .source_npi = 1,
		.destination_addr = "442079460100", .dest_ton = 1, .dest_npi = 1,
		.octets = (const uint8_t *)text, .n = strlen(text),
	};

	g_assert_true(smpp_pack_deliver(out, &d, esm_class, NULL));
	return out;
}

static void deliver_octets(struct world *w, uint32_t sequence, const char *octets, gsize n)
{
	g_autoptr(GByteArray) out = g_byte_array_new();
	struct smpp_submit d = {
		.sequence_number = sequence, .source_addr = "447700900123", .source_ton = 1, .source_npi = 1,
		.destination_addr = "442079460100", .octets = (const uint8_t *)octets, .n = n, .esm_class = 0x40
	};

	g_assert_true(smpp_pack_deliver(out, &d, 0, NULL));
	peer_write(w, out->data, out->len);
}

static void peer_deliver(struct world *w, uint32_t sequence, uint8_t esm_class, const char *text)
{
	g_autoptr(GByteArray) out = deliver_pack(sequence, esm_class, text);

	peer_write(w, out->data, out->len);
}

static bool up(struct world *w)
{
	struct carrier_status s;

	w->c->ops->status(w->c, &s, 1);
	return s.up;
}

static void peer_bind(struct world *w)
{
	struct smpp_pdu p = peer_expect(w, BIND_TRANSCEIVER);

	g_assert_cmpstr(p.system_id, ==, "ringback");
	g_assert_cmpstr(p.password, ==, PASSWORD);
	peer_say(w, BIND_TRANSCEIVER | RESP, 0, p.sequence_number, "SMSC");
	WAIT(w, up(w));
}

static void carrier_give(struct world *w, int64_t job, const char *to, const char *text)
{
	struct parcel p = { .job = job, .to = to, .text = text, .validity_s = 900 };

	g_assert_true(w->c->ops->room(w->c));
	w->c->ops->send(w->c, &p);
}

#define WORLD(w)			\
	struct world w;			\
					\
	world_init(&w, settings());	\
	peer_bind(&w)

/* ---- sending ---- */

static void test_send(void)
{
	struct smpp_pdu p;
	WORLD(w);

	carrier_give(&w, 7, PHONE, TEXT);
	p = peer_expect(&w, SUBMIT_SM);
	g_assert_cmpstr(p.source_addr, ==, "442079460100");
	g_assert_cmpuint(p.source_ton, ==, 1);
	g_assert_cmpstr(p.destination_addr, ==, "447700900123");
	g_assert_cmpuint(p.dest_ton, ==, 1);
	g_assert_cmpuint(p.dest_npi, ==, 1);
	g_assert_cmpuint(p.registered_delivery, ==, 1);
	g_assert_cmpuint(p.data_coding, ==, 0);
	g_assert_cmpstr(p.validity_period, ==, "000000001500000R");
	g_assert_cmpmem(p.short_message, p.sm_length, TEXT, strlen(TEXT));
	g_assert_cmpuint(p.n_tlvs, ==, 1);
	g_assert_cmpstr(w.story->str, ==, "");
	peer_say(&w, SUBMIT_SM | RESP, 0, p.sequence_number, "1e4b");
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "7:sent:1e4b ");
	world_clear(&w);
}

static const struct status_row {
	const char *name;
	uint32_t command_id, status;
	const char *expect;
} status_rows[] = {
	{ "invalid-destination", SUBMIT_SM | RESP, 0x0b, "7:refused: " },
	{ "invalid-source", SUBMIT_SM | RESP, 0x0a, "7:refused: " },
	{ "throttled", SUBMIT_SM | RESP, 0x58, "7:later: " },
	{ "queue-full", SUBMIT_SM | RESP, 0x14, "7:later: " },
	{ "system-error", SUBMIT_SM | RESP, 0x08, "7:later: " },
	{ "vendor", SUBMIT_SM | RESP, 0x412, "7:later: " },
	{ "out-of-range", SUBMIT_SM | RESP, 0xfffffffe, "7:later: " },
	{ "nack", RESP, 0x03, "7:later: " },
	{ "nack-without-status", RESP, 0, "7:later: " },
	{ "sent-header-only", SUBMIT_SM | RESP, 0, "7:sent: " },
};

static void test_status(gconstpointer data)
{
	const struct status_row *row = data;
	WORLD(w);

	carrier_give(&w, 7, PHONE, TEXT);
	peer_say_header(&w, row->command_id, row->status, peer_expect(&w, SUBMIT_SM).sequence_number);
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, row->expect);
	world_clear(&w);
}

static void test_refused_here(void)
{
	g_autofree char *too_long = g_strnfill(1000, 'x');
	WORLD(w);

	carrier_give(&w, 1, PHONE, too_long);
	carrier_give(&w, 2, "nobody", TEXT);
	carrier_give(&w, 3, PHONE, "");
	carrier_give(&w, 4, "+123456789012345678901", TEXT);
	g_assert_cmpint(w.c->ops->timeout_ms(w.c), ==, 0);
	g_assert_cmpstr(w.story->str, ==, "");
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "1:refused: 2:refused: 3:refused: 4:refused: ");
	g_assert_cmpuint(w.in->len, ==, 0);
	world_clear(&w);
}

/* Two parts, one outcome; when the link takes one with it, that one alone goes again. */
static void test_parts(void)
{
	g_autofree char *text = g_strnfill(200, 'x'), *line = NULL;
	struct parcel again = { .job = 7, .to = PHONE, .text = text, .parts_at = "test" };
	struct smpp_pdu p;
	uint32_t first;
	WORLD(w);

	carrier_give(&w, 7, PHONE, text);
	p = peer_expect(&w, SUBMIT_SM);
	first = p.sequence_number;
	g_assert_cmphex(p.esm_class, ==, 0x40);
	g_assert_cmpmem(p.short_message, 6, "\5\0\3\7\2\1", 6);
	g_assert_cmpuint(p.sm_length, ==, 6 + 153);
	p = peer_expect(&w, SUBMIT_SM);
	g_assert_cmpmem(p.short_message, 6, "\5\0\3\7\2\2", 6);
	g_assert_cmpuint(p.sm_length, ==, 6 + 47);
	peer_say(&w, SUBMIT_SM | RESP, 0, first, "aa");
	peer_say(&w, ENQUIRE_LINK, 0, 99, NULL);
	peer_expect(&w, ENQUIRE_LINK | RESP);
	g_assert_cmpstr(w.story->str, ==, "");
	peer_close(&w);
	WAIT(&w, w.story->len);
	g_assert_true(g_str_has_prefix(w.story->str, "7:unknown:="));
	g_assert_true(g_str_has_suffix(w.story->str, " s.aa u. "));
	line = g_strndup(w.story->str + strlen("7:unknown:"), w.story->len - strlen("7:unknown:") - 1);
	g_string_truncate(w.story, 0);
	peer_bind(&w);
	again.parts = line;
	w.c->ops->send(w.c, &again);
	p = peer_expect(&w, SUBMIT_SM);
	g_assert_cmpmem(p.short_message, 6, "\5\0\3\7\2\2", 6);
	peer_say(&w, SUBMIT_SM | RESP, 0, p.sequence_number, "bb");
	WAIT(&w, w.story->len);
	g_assert_true(g_str_has_prefix(w.story->str, "7:sent:="));
	g_assert_true(g_str_has_suffix(w.story->str, " s.aa s.bb "));
	world_clear(&w);
}

/* A window of one: each part waits for the answer to the one before; a refused one ends it. */
static void test_parts_in_window(void)
{
	g_autofree char *text = g_strnfill(400, 'x');
	struct smpp_settings set = settings();
	struct smpp_pdu p;
	struct world w;

	set.window = 1;
	set.coding.joining = JOINING_SAR;
	world_init(&w, set);
	peer_bind(&w);
	carrier_give(&w, 7, PHONE, text);
	p = peer_expect(&w, SUBMIT_SM);
	g_assert_cmpuint(p.sm_length, ==, 153);
	g_assert_cmpuint(p.n_tlvs, ==, 4);
	g_assert_cmpuint(w.in->len, ==, 0);
	peer_say(&w, SUBMIT_SM | RESP, 0, p.sequence_number, "aa");
	p = peer_expect(&w, SUBMIT_SM);
	peer_say_header(&w, SUBMIT_SM | RESP, 0x0b, p.sequence_number);
	WAIT(&w, w.story->len);
	g_assert_true(g_str_has_prefix(w.story->str, "7:refused:="));
	g_assert_true(g_str_has_suffix(w.story->str, " s.aa f. q. "));
	g_assert_cmpuint(w.in->len, ==, 0);
	world_clear(&w);
}

/* Parts of a reply are answered when the whole is durable; a part that comes again after that means nothing. */
static void test_reply_in_parts(void)
{
	struct smpp_pdu p;
	WORLD(w);

	deliver_octets(&w, 6, "\5\0\3\7\2\2" " now", 10);
	peer_say(&w, ENQUIRE_LINK, 0, 99, NULL);
	p = peer_take(&w);
	g_assert_cmphex(p.command_id, ==, ENQUIRE_LINK | RESP);
	g_assert_cmpstr(w.story->str, ==, "");
	deliver_octets(&w, 7, "\5\0\3\7\2\1" "17A", 9);
	g_assert_cmpuint(peer_expect(&w, DELIVER_SM | RESP).sequence_number, ==, 6);
	g_assert_cmpuint(peer_expect(&w, DELIVER_SM | RESP).sequence_number, ==, 7);
	g_assert_cmpstr(w.story->str, ==, "test<+447700900123:17A now ");
	deliver_octets(&w, 8, "\5\0\3\7\2\1" "17A", 9);
	p = peer_expect(&w, DELIVER_SM | RESP);
	g_assert_cmpuint(p.sequence_number, ==, 8);
	g_assert_cmpuint(p.command_status, ==, 0);
	g_assert_cmpstr(w.story->str, ==, "test<+447700900123:17A now ");
	/* not durable: both come again */
	w.keep = false;
	deliver_octets(&w, 9, "\5\0\3\10\2\1" "17A", 9);
	deliver_octets(&w, 10, "\5\0\3\10\2\2" " now", 10);
	g_assert_cmphex(peer_expect(&w, DELIVER_SM | RESP).command_status, ==, 0x64);
	g_assert_cmphex(peer_expect(&w, DELIVER_SM | RESP).command_status, ==, 0x64);
	world_clear(&w);
}

static void test_window(void)
{
	uint32_t sequence[10];
	WORLD(w);

	for (int i = 0; i < 10; i++)
		carrier_give(&w, i + 1, PHONE, TEXT);
	g_assert_false(w.c->ops->room(w.c));
	for (int i = 0; i < 10; i++)
		sequence[i] = peer_expect(&w, SUBMIT_SM).sequence_number;
	peer_say(&w, SUBMIT_SM | RESP, 0, sequence[4], "e");	/* in no order */
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "5:sent:e ");
	g_assert_true(w.c->ops->room(w.c));
	world_clear(&w);
}

/* Answers that repeat, and answers to numbers that nobody used, change nothing. */
static void test_strange_answers(void)
{
	uint32_t sequence;
	WORLD(w);

	carrier_give(&w, 1, PHONE, TEXT);
	sequence = peer_expect(&w, SUBMIT_SM).sequence_number;
	peer_say(&w, SUBMIT_SM | RESP, 0, sequence + 100000, "bogus");
	peer_say(&w, ENQUIRE_LINK | RESP, 0, sequence, NULL);
	peer_say(&w, SUBMIT_SM | RESP, 0, sequence, "a");
	peer_say(&w, SUBMIT_SM | RESP, 0, sequence, "b");
	WAIT(&w, w.story->len);
	carrier_give(&w, 2, PHONE, TEXT);
	peer_say(&w, SUBMIT_SM | RESP, 0, peer_expect(&w, SUBMIT_SM).sequence_number, "c");
	WAIT(&w, strchr(w.story->str, 'c'));
	g_assert_cmpstr(w.story->str, ==, "1:sent:a 2:sent:c ");
	world_clear(&w);
}

static void test_silence(void)
{
	struct smpp_settings set = settings();
	uint32_t old;
	struct world w;

	set.response_timeout_s = 1;
	world_init(&w, set);
	peer_bind(&w);
	carrier_give(&w, 1, PHONE, TEXT);
	old = peer_expect(&w, SUBMIT_SM).sequence_number;
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "1:unknown: ");
	carrier_give(&w, 2, PHONE, TEXT);
	peer_expect(&w, SUBMIT_SM);
	peer_say(&w, SUBMIT_SM | RESP, 0, old, "late");
	WAIT(&w, strstr(w.log->str, "late=submit_sm_resp"));
	g_assert_cmpstr(w.story->str, ==, "1:unknown: ");
	world_clear(&w);
}

static void test_throttled(void)
{
	int64_t before;
	WORLD(w);

	carrier_give(&w, 1, PHONE, TEXT);
	carrier_give(&w, 2, PHONE, TEXT);
	peer_say(&w, SUBMIT_SM | RESP, 0x58, peer_expect(&w, SUBMIT_SM).sequence_number, NULL);
	before = clock_mono_ms();
	WAIT(&w, w.story->len);
	g_assert_false(w.c->ops->room(w.c));
	peer_say(&w, SUBMIT_SM | RESP, 0, peer_expect(&w, SUBMIT_SM).sequence_number, "2");
	WAIT(&w, strstr(w.story->str, "2:sent"));
	WAIT(&w, w.c->ops->room(w.c));
	g_assert_cmpint(clock_mono_ms() - before, >=, 90);
	carrier_give(&w, 3, PHONE, TEXT);
	g_assert_false(w.c->ops->room(w.c));	/* slower than the window allows */
	world_clear(&w);
}

/* Texts beyond the window wait here; an answer lets the next one out at once. */
static void test_ahead(void)
{
	struct smpp_settings set = settings();
	struct world w;
	uint32_t first;

	set.window = 1;
	set.ahead = 1;
	world_init(&w, set);
	peer_bind(&w);
	g_assert_cmpuint(w.c->ops->room(w.c), ==, 2);
	carrier_give(&w, 1, PHONE, TEXT);
	carrier_give(&w, 2, PHONE, TEXT);
	g_assert_cmpuint(w.c->ops->room(w.c), ==, 0);
	first = peer_expect(&w, SUBMIT_SM).sequence_number;
	g_assert_cmpuint(w.in->len, ==, 0);
	peer_say(&w, SUBMIT_SM | RESP, 0, first, "1");
	peer_say(&w, SUBMIT_SM | RESP, 0, peer_expect(&w, SUBMIT_SM).sequence_number, "2");
	WAIT(&w, strstr(w.story->str, "2:"));
	g_assert_cmpstr(w.story->str, ==, "1:sent:1 2:sent:2 ");
	world_clear(&w);
}

static guint64 n_sent(struct world *w)
{
	struct carrier_status s;

	w->c->ops->status(w->c, &s, 1);
	return s.sent;
}

/* An SMSC that answers fast gets more of them in advance, a slow one as many as its window. */
static void test_ahead_adapts(void)
{
	struct smpp_settings set = settings();
	struct world w;
	static const struct { int ms; guint room; } answers[] = {
		{ 0, 2 }, { 10, 2 }, { 10, 2 }, { 10, 2 }, { 10, 2 }, { 70, 1 + 4 }, { 1000, 2 }, { 1000, 2 },
	};

	set.window = 1;
	set.ahead = 8;
	world_init(&w, set);
	peer_bind(&w);
	for (guint n = 0; n < G_N_ELEMENTS(answers); n++) {
		clock_fake_mono(clock_mono_ms() + answers[n].ms);
		carrier_give(&w, n + 1, PHONE, TEXT);
		peer_say(&w, SUBMIT_SM | RESP, 0, peer_expect(&w, SUBMIT_SM).sequence_number, "1");
		WAIT(&w, n_sent(&w) == n + 1);
		g_assert_cmpuint(w.c->ops->room(w.c), ==, answers[n].room);
	}
	clock_fake_mono(-1);
	world_clear(&w);
}

/* What waits has not left: not unknown, but for later. */
static void test_ahead_link_lost(void)
{
	struct smpp_settings set = settings();
	struct world w;

	set.window = 1;
	set.ahead = 1;
	world_init(&w, set);
	peer_bind(&w);
	carrier_give(&w, 1, PHONE, TEXT);
	carrier_give(&w, 2, PHONE, TEXT);
	peer_expect(&w, SUBMIT_SM);
	peer_close(&w);
	WAIT(&w, strstr(w.story->str, "2:"));
	g_assert_cmpstr(w.story->str, ==, "1:unknown: 2:later: ");
	world_clear(&w);
}

/* What is given in one turn leaves in one write: the first answer may otherwise wait for Nagle's. */
static void test_one_write(void)
{
	uint8_t buf[4096];
	ssize_t n = -1;
	WORLD(w);

	for (int i = 0; i < 10; i++)
		carrier_give(&w, i + 1, PHONE, TEXT);
	w.c->ops->turn(w.c, NULL, 0);
	for (int tries = 0; n < 0 && tries < 1000; tries++)
		n = recv(w.peer, buf, sizeof(buf), 0);
	g_assert_cmpint(n, >, 0);
	g_assert_cmpint(n % 10, ==, 0);
	g_assert_cmpint(n / 10, ==, buf[3]);	/* ten times the length of the first */
	world_clear(&w);
}

/* 1 to 0x7fffffff; and a number that is still out is passed over. */
static void test_sequence_wraps(void)
{
	uint32_t first;
	WORLD(w);

	((struct smpp *)w.c)->sequence = 0x7ffffffd;
	carrier_give(&w, 1, PHONE, TEXT);
	g_assert_cmphex(peer_expect(&w, SUBMIT_SM).sequence_number, ==, 0x7ffffffe);
	carrier_give(&w, 2, PHONE, TEXT);
	g_assert_cmphex(peer_expect(&w, SUBMIT_SM).sequence_number, ==, 0x7fffffff);
	carrier_give(&w, 3, PHONE, TEXT);
	first = peer_expect(&w, SUBMIT_SM).sequence_number;
	g_assert_cmphex(first, ==, 1);
	((struct smpp *)w.c)->sequence = 0x7ffffffd;
	carrier_give(&w, 4, PHONE, TEXT);	/* 0x7ffffffe, 0x7fffffff and 1 are out */
	g_assert_cmphex(peer_expect(&w, SUBMIT_SM).sequence_number, ==, 2);
	peer_say(&w, SUBMIT_SM | RESP, 0, 0x7ffffffe, "1");
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "1:sent:1 ");
	world_clear(&w);
}

/* ---- the link ---- */

static void test_lost(void)
{
	uint32_t old;
	WORLD(w);

	carrier_give(&w, 1, PHONE, TEXT);
	carrier_give(&w, 2, PHONE, TEXT);
	old = peer_expect(&w, SUBMIT_SM).sequence_number;
	peer_expect(&w, SUBMIT_SM);
	carrier_give(&w, 3, PHONE, TEXT);	/* not written yet */
	peer_close(&w);
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "1:unknown: 2:unknown: 3:later: ");
	peer_bind(&w);
	carrier_give(&w, 4, PHONE, TEXT);
	g_assert_cmpuint(peer_expect(&w, SUBMIT_SM).sequence_number, >, old);
	peer_say(&w, SUBMIT_SM | RESP, 0, old, "late");
	WAIT(&w, strstr(w.log->str, "late=submit_sm_resp"));
	g_assert_null(strstr(w.story->str, "4:"));
	world_clear(&w);
}

/* What came before the end of the stream still counts. */
static void test_answer_then_close(void)
{
	WORLD(w);

	carrier_give(&w, 1, PHONE, TEXT);
	peer_say(&w, SUBMIT_SM | RESP, 0, peer_expect(&w, SUBMIT_SM).sequence_number, "a");
	peer_close(&w);
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "1:sent:a ");
	world_clear(&w);
}

static void test_bind_refused(void)
{
	struct carrier_status s;
	struct world w;

	world_init(&w, settings());
	peer_say_header(&w, BIND_TRANSCEIVER | RESP, 0x0e, peer_expect(&w, BIND_TRANSCEIVER).sequence_number);
	WAIT(&w, strstr(w.log->str, "bind=refused status=ESME_RINVPASWD (0xe)"));
	w.c->ops->status(w.c, &s, 1);
	g_assert_false(s.up);
	g_assert_cmpstr(s.last_error, ==, "bind refused: ESME_RINVPASWD (0xe)");
	g_assert_false(w.c->ops->room(w.c));
	peer_bind(&w);		/* never given up */
	world_clear(&w);
}

static void test_bind_nacked(void)
{
	struct world w;

	world_init(&w, settings());
	peer_say_header(&w, RESP, 0x03, peer_expect(&w, BIND_TRANSCEIVER).sequence_number);
	WAIT(&w, strstr(w.log->str, "bind=refused"));
	peer_bind(&w);
	world_clear(&w);
}

static void test_nobody_listens(void)
{
	struct smpp_settings set = settings();
	struct carrier_status s;
	struct world w;

	set.reconnect_min_s = set.reconnect_max_s = 3600;
	world_init(&w, set);
	close(w.listener);
	w.listener = -1;
	WAIT(&w, strstr(w.log->str, "link=lost"));
	w.c->ops->status(w.c, &s, 1);
	g_assert_nonnull(strstr(s.last_error, "refused"));
	g_assert_cmpint(w.c->ops->timeout_ms(w.c), >, 1000 * 1000);
	w.c->ops->stop(w.c);
	g_assert_cmpint(w.c->ops->timeout_ms(w.c), ==, 0);
	w.c->ops->turn(w.c, NULL, 0);
	g_assert_true(w.c->ops->idle(w.c));
	world_clear(&w);
}

static void test_by_name(void)
{
	struct smpp_settings set = settings();
	struct world w;

	set.host = "localhost";
	world_init(&w, set);
	peer_bind(&w);
	world_clear(&w);
}

static void test_enquired(void)
{
	struct smpp_pdu p;
	WORLD(w);

	peer_say(&w, ENQUIRE_LINK, 0, 4711, NULL);
	p = peer_expect(&w, ENQUIRE_LINK | RESP);
	g_assert_cmpuint(p.sequence_number, ==, 4711);
	g_assert_cmpuint(p.command_status, ==, 0);
	world_clear(&w);
}

static void test_enquire(void)
{
	struct smpp_settings set = settings();
	uint32_t first;
	struct world w;

	set.enquire_link_s = set.response_timeout_s = 1;
	world_init(&w, set);
	peer_bind(&w);
	first = peer_expect(&w, ENQUIRE_LINK).sequence_number;
	peer_say(&w, ENQUIRE_LINK | RESP, 0, first, NULL);
	g_assert_cmpuint(peer_expect(&w, ENQUIRE_LINK).sequence_number, !=, first);
	WAIT(&w, strstr(w.log->str, "no answer to enquire_link"));	/* the second stays unanswered */
	WAIT(&w, w.peer < 0);
	peer_bind(&w);
	world_clear(&w);
}

static void test_unbound_by_peer(void)
{
	WORLD(w);

	carrier_give(&w, 1, PHONE, TEXT);
	peer_expect(&w, SUBMIT_SM);
	peer_say(&w, UNBIND, 0, 99, NULL);
	g_assert_cmpuint(peer_expect(&w, UNBIND | RESP).sequence_number, ==, 99);
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "1:unknown: ");
	WAIT(&w, w.peer < 0);
	peer_bind(&w);
	world_clear(&w);
}

static void test_not_bound(void)
{
	WORLD(w);

	carrier_give(&w, 1, PHONE, TEXT);
	peer_say_header(&w, SUBMIT_SM | RESP, 0x04, peer_expect(&w, SUBMIT_SM).sequence_number);
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "1:later: ");
	WAIT(&w, w.peer < 0);
	peer_bind(&w);
	world_clear(&w);
}

static void test_stop(void)
{
	uint32_t sequence;
	WORLD(w);

	carrier_give(&w, 1, PHONE, TEXT);
	sequence = peer_expect(&w, SUBMIT_SM).sequence_number;
	w.c->ops->stop(w.c);
	g_assert_false(w.c->ops->room(w.c));
	peer_deliver(&w, 5, 0, "17A");		/* still answered */
	g_assert_cmpuint(peer_expect(&w, DELIVER_SM | RESP).sequence_number, ==, 5);
	g_assert_false(w.c->ops->idle(w.c));
	peer_say(&w, SUBMIT_SM | RESP, 0, sequence, "a");
	sequence = peer_expect(&w, UNBIND).sequence_number;
	g_assert_false(w.c->ops->idle(w.c));
	peer_say(&w, UNBIND | RESP, 0, sequence, NULL);
	WAIT(&w, w.c->ops->idle(w.c));
	g_assert_cmpstr(w.story->str, ==, "test<" PHONE ":17A 1:sent:a ");
	g_assert_cmpint(w.c->ops->timeout_ms(w.c), ==, -1);
	world_clear(&w);
}

static void test_stop_and_peer_closes(void)
{
	WORLD(w);

	w.c->ops->stop(w.c);
	peer_expect(&w, UNBIND);
	peer_close(&w);
	WAIT(&w, w.c->ops->idle(w.c));
	world_clear(&w);
}

/* ---- what comes in ---- */

#define RECEIPT "id:1e4b sub:001 dlvrd:001 submit date:2603021200 done date:2603021201 stat:DELIVRD err:000 text:MISSED"

static void test_receipt(void)
{
	struct smpp_pdu p;
	WORLD(w);

	peer_deliver(&w, 5, 0x04, RECEIPT);
	p = peer_expect(&w, DELIVER_SM | RESP);
	g_assert_cmpuint(p.sequence_number, ==, 5);
	g_assert_cmpuint(p.command_status, ==, 0);
	g_assert_cmpstr(w.story->str, ==, "test!1e4b:" PHONE ":DELIVRD:11 ");
	peer_deliver(&w, 6, 0x04, "id:2 stat:UNDELIV err:001");
	peer_expect(&w, DELIVER_SM | RESP);
	peer_deliver(&w, 7, 0x20, "id:3 stat:DELIVRD");
	peer_expect(&w, DELIVER_SM | RESP);
	g_assert_nonnull(strstr(w.story->str, "test!2:" PHONE ":UNDELIV:10 test!3:" PHONE ":DELIVRD:01 "));
	world_clear(&w);
}

static void test_forged_receipt(void)
{
	WORLD(w);

	peer_deliver(&w, 5, 0, "id:1 stat:DELIVRD");
	peer_expect(&w, DELIVER_SM | RESP);
	g_assert_cmpstr(w.story->str, ==, "test<" PHONE ":id:1 stat:DELIVRD ");
	world_clear(&w);
}

static void test_not_durable(void)
{
	WORLD(w);

	w.keep = false;
	peer_deliver(&w, 5, 0, "17A");
	g_assert_cmphex(peer_expect(&w, DELIVER_SM | RESP).command_status, ==, 0x64);
	peer_deliver(&w, 6, 4, RECEIPT);
	g_assert_cmphex(peer_expect(&w, DELIVER_SM | RESP).command_status, ==, 0x64);
	w.keep = true;
	peer_deliver(&w, 7, 0, "17A");
	g_assert_cmphex(peer_expect(&w, DELIVER_SM | RESP).command_status, ==, 0);
	world_clear(&w);
}

static void test_one_octet_at_a_time(void)
{
	g_autoptr(GByteArray) pdu = deliver_pack(5, 0, "17A");
	WORLD(w);

	for (guint i = 0; i < pdu->len; i++) {
		g_assert_cmpstr(w.story->str, ==, "");
		peer_write(&w, pdu->data + i, 1);
		turn(&w);
	}
	peer_expect(&w, DELIVER_SM | RESP);
	g_assert_cmpstr(w.story->str, ==, "test<" PHONE ":17A ");
	world_clear(&w);
}

static void test_many_at_once(void)
{
	g_autoptr(GByteArray) all = g_byte_array_new();
	WORLD(w);

	for (guint i = 1; i <= 300; i++) {
		g_autoptr(GByteArray) pdu = deliver_pack(i, 0, "17A");

		g_byte_array_append(all, pdu->data, pdu->len);
	}
	peer_write(&w, all->data, all->len);
	for (guint i = 1; i <= 300; i++)
		g_assert_cmpuint(peer_expect(&w, DELIVER_SM | RESP).sequence_number, ==, i);
	world_clear(&w);
}

static void test_bad_length(void)
{
	struct smpp_pdu p;
	WORLD(w);

	carrier_give(&w, 1, PHONE, TEXT);
	peer_expect(&w, SUBMIT_SM);
	peer_write(&w, "\0\0\0\1junkjunkjunk", 16);
	p = peer_expect(&w, RESP);
	g_assert_cmphex(p.command_status, ==, 0x02);
	WAIT(&w, w.story->len);
	g_assert_cmpstr(w.story->str, ==, "1:unknown: ");
	WAIT(&w, w.peer < 0);
	peer_bind(&w);
	world_clear(&w);
}

static void test_malformed(void)
{
	struct smpp_pdu p;
	WORLD(w);

	peer_say_header(&w, DELIVER_SM, 0, 5);
	p = peer_expect(&w, DELIVER_SM | RESP);
	g_assert_cmphex(p.command_status, ==, 0x66);	/* final: it would be as malformed the next time */
	g_assert_cmpstr(w.story->str, ==, "");
	peer_deliver(&w, 6, 0, "17A");
	peer_expect(&w, DELIVER_SM | RESP);
	world_clear(&w);
}

static void test_unknown_request(void)
{
	struct smpp_pdu p;
	WORLD(w);

	peer_say_header(&w, 0x00010200, 0, 5);
	p = peer_expect(&w, RESP);
	g_assert_cmphex(p.command_status, ==, 0x03);
	g_assert_cmpuint(p.sequence_number, ==, 5);
	peer_say_header(&w, 0x80010200, 0, 6);		/* an answer to nothing: no word of it */
	peer_say(&w, ENQUIRE_LINK, 0, 7, NULL);
	peer_expect(&w, ENQUIRE_LINK | RESP);
	world_clear(&w);
}

static void test_deliver_before_bound(void)
{
	struct world w;

	world_init(&w, settings());
	peer_expect(&w, BIND_TRANSCEIVER);
	peer_deliver(&w, 5, 0, "17A");
	g_assert_cmphex(peer_expect(&w, RESP).command_status, ==, 0x04);
	g_assert_cmpstr(w.story->str, ==, "");
	world_clear(&w);
}

/* A peer that asks and never reads must not fill our memory. */
static void test_peer_never_reads(void)
{
	uint32_t head[4] = { htonl(16), htonl(ENQUIRE_LINK), 0, htonl(1) };
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	struct smpp_settings set = settings();
	struct pollfd fds[4];
	struct world w;

	set.enquire_link_s = set.response_timeout_s = 1;
	world_init(&w, set);
	peer_bind(&w);
	while (up(&w) && clock_mono_ms() < until) {
		gsize n;

		for (int i = 0; i < 1000; i++)
			if (send(w.peer, head, sizeof(head), MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof(head))
				break;
		n = w.c->ops->fds(w.c, fds, 4);
		poll(fds, n, 1);
		w.c->ops->turn(w.c, fds, n);
	}
	g_assert_false(up(&w));
	world_clear(&w);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK);	/* lost links are what these tests are about */
	g_test_add_func("/smpp/send/one", test_send);
	for (gsize i = 0; i < G_N_ELEMENTS(status_rows); i++) {
		g_autofree char *path = g_strconcat("/smpp/status/", status_rows[i].name, NULL);

		g_test_add_data_func(path, &status_rows[i], test_status);
	}
	g_test_add_func("/smpp/send/refused-here", test_refused_here);
	g_test_add_func("/smpp/send/parts", test_parts);
	g_test_add_func("/smpp/send/parts-in-window", test_parts_in_window);
	g_test_add_func("/smpp/in/reply-in-parts", test_reply_in_parts);
	g_test_add_func("/smpp/send/window", test_window);
	g_test_add_func("/smpp/send/strange-answers", test_strange_answers);
	g_test_add_func("/smpp/send/silence", test_silence);
	g_test_add_func("/smpp/send/throttled", test_throttled);
	g_test_add_func("/smpp/link/lost", test_lost);
	g_test_add_func("/smpp/link/answer-then-close", test_answer_then_close);
	g_test_add_func("/smpp/link/bind-refused", test_bind_refused);
	g_test_add_func("/smpp/link/bind-nacked", test_bind_nacked);
	g_test_add_func("/smpp/link/nobody-listens", test_nobody_listens);
	g_test_add_func("/smpp/link/by-name", test_by_name);
	g_test_add_func("/smpp/link/enquired", test_enquired);
	g_test_add_func("/smpp/link/enquire", test_enquire);
	g_test_add_func("/smpp/link/unbound-by-peer", test_unbound_by_peer);
	g_test_add_func("/smpp/link/not-bound", test_not_bound);
	g_test_add_func("/smpp/link/stop", test_stop);
	g_test_add_func("/smpp/link/stop-and-peer-closes", test_stop_and_peer_closes);
	g_test_add_func("/smpp/in/receipt", test_receipt);
	g_test_add_func("/smpp/in/forged-receipt", test_forged_receipt);
	g_test_add_func("/smpp/in/not-durable", test_not_durable);
	g_test_add_func("/smpp/in/one-octet-at-a-time", test_one_octet_at_a_time);
	g_test_add_func("/smpp/in/many-at-once", test_many_at_once);
	g_test_add_func("/smpp/send/one-write", test_one_write);
	g_test_add_func("/smpp/send/sequence-wraps", test_sequence_wraps);
	g_test_add_func("/smpp/ahead", test_ahead);
	g_test_add_func("/smpp/ahead-adapts", test_ahead_adapts);
	g_test_add_func("/smpp/ahead-link-lost", test_ahead_link_lost);
	g_test_add_func("/smpp/in/bad-length", test_bad_length);
	g_test_add_func("/smpp/in/malformed", test_malformed);
	g_test_add_func("/smpp/in/unknown-request", test_unknown_request);
	g_test_add_func("/smpp/in/deliver-before-bound", test_deliver_before_bound);
	if (g_getenv("RINGBACK_TEST_SHORT"))
		g_test_message("RINGBACK_TEST_SHORT: /smpp/in/peer-never-reads is left out");
	else
		g_test_add_func("/smpp/in/peer-never-reads", test_peer_never_reads);
	return g_test_run();
}
