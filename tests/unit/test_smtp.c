/* Status notes through a scripted relay on a socket: what libesmtp puts on the wire, and what becomes of each answer. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "clock.h"
#include "smtp.h"

#define PATIENCE_MS 20000

#define MAIL "From: <ringback@example.com>\r\nTo: <audit@example.com>\r\nSubject: Re: [RB-17]\r\n" \
	"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <note.1@example.com>\r\n" \
	"In-Reply-To: <first@example.com>\r\nReferences: <first@example.com>\r\n" \
	"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n\r\n"
#define BODY "Text sent to Anna.\r\n.\r\n..two dots\r\nend\r\n"

/* What the relay says to each step, in the order of the dialogue; "" closes the connection instead. */
struct script {
	const char *name;
	const char *greeting, *mail, *rcpt, *data, *dot;
	enum carrier_result expect;
	const char *words;		/* in id or error */
};

#define EHLO_OK "250-relay.example.com\r\n250 8BITMIME"

static const struct script scripts[] = {
	{ "sent", "220 hi", "250 ok", "250 ok", "354 go", "250 2.0.0 Ok: queued as 4XyZ", CARRIER_SENT, "queued as 4XyZ" },
	{ "greeting-busy", "421 later", NULL, NULL, NULL, NULL, CARRIER_LATER, "" },
	{ "greeting-no", "554 go away", NULL, NULL, NULL, NULL, CARRIER_LATER, "" },
	{ "greeting-closed", "", NULL, NULL, NULL, NULL, CARRIER_LATER, "" },
	{ "sender-later", "220 hi", "451 4.3.0 try again", "250 ok", "354 go", "250 ok", CARRIER_LATER, "451" },
	{ "sender-refused", "220 hi", "550 5.1.0 no", "250 ok", "354 go", "250 ok", CARRIER_REFUSED, "550" },
	{ "rcpt-later", "220 hi", "250 ok", "450 4.2.0 greylisted", "354 go", "250 ok", CARRIER_LATER, "450" },
	{ "rcpt-refused", "220 hi", "250 ok", "550 5.1.1 unknown", "354 go", "250 ok", CARRIER_REFUSED, "550" },
	{ "rcpt-closed", "220 hi", "250 ok", "", NULL, NULL, CARRIER_LATER, "" },
	{ "data-later", "220 hi", "250 ok", "250 ok", "451 4.3.0 disk", NULL, CARRIER_LATER, "451" },
	{ "dot-later", "220 hi", "250 ok", "250 ok", "354 go", "452 4.3.1 full", CARRIER_LATER, "452" },
	{ "dot-refused", "220 hi", "250 ok", "250 ok", "354 go", "554 5.7.1 spam", CARRIER_REFUSED, "554" },
	{ "dot-closed", "220 hi", "250 ok", "250 ok", "354 go", "", CARRIER_UNKNOWN, "" },
};

struct relay {
	const struct script *script;
	int listener, port;
	GString *commands, *data;
};

static bool say(int fd, const char *line)
{
	g_autofree char *out = g_strconcat(line ? line : "250 ok", "\r\n", NULL);

	return (!line || *line) && send(fd, out, strlen(out), MSG_NOSIGNAL) == (ssize_t)strlen(out);
}

static bool read_line(FILE *in, char *buf, int size)
{
	return fgets(buf, size, in) != NULL;
}

static bool take_data(struct relay *r, FILE *in, int fd)
{
	char line[2000];

	while (read_line(in, line, sizeof(line))) {
		if (strcmp(line, ".\r\n") == 0)
			return say(fd, r->script->dot);
		g_string_append(r->data, line);
	}
	return false;
}

static bool answer(struct relay *r, FILE *in, int fd, const char *line)
{
	const struct script *s = r->script;

	g_string_append(r->commands, line);
	if (g_ascii_strncasecmp(line, "EHLO", 4) == 0)
		return say(fd, EHLO_OK);
	if (g_ascii_strncasecmp(line, "MAIL", 4) == 0)
		return say(fd, s->mail);
	if (g_ascii_strncasecmp(line, "RCPT", 4) == 0)
		return say(fd, s->rcpt);
	if (g_ascii_strncasecmp(line, "DATA", 4) == 0)
		return say(fd, s->data) && (s->data[0] != '3' || take_data(r, in, fd));
	return say(fd, g_ascii_strncasecmp(line, "QUIT", 4) == 0 ? "221 bye" : "250 ok");
}

static gpointer relay_thread(gpointer data)
{
	struct relay *r = data;
	int fd = accept(r->listener, NULL, NULL);
	FILE *in = fdopen(fd, "r");
	char line[2000];
	bool more = say(fd, r->script->greeting);

	while (more && read_line(in, line, sizeof(line)))
		more = answer(r, in, fd, line);
	fclose(in);
	return NULL;
}

static void relay_listen(struct relay *r)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);

	r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(r->listener, (struct sockaddr *)&a, size), ==, 0);
	g_assert_cmpint(listen(r->listener, 4), ==, 0);
	g_assert_cmpint(getsockname(r->listener, (struct sockaddr *)&a, &size), ==, 0);
	r->port = ntohs(a.sin_port);
	r->commands = g_string_new(NULL);
	r->data = g_string_new(NULL);
}

static void relay_clear(struct relay *r)
{
	close(r->listener);
	g_string_free(r->commands, TRUE);
	g_string_free(r->data, TRUE);
}

struct told {
	int count;
	int64_t job;
	enum carrier_result result;
	char *words;
};

static void on_outcome(void *user, const char *provider, int64_t job, enum carrier_result result, const char *id,
		       const char *error)
{
	struct told *t = user;

	g_assert_cmpstr(provider, ==, "smtp");
	t->count++;
	t->job = job;
	t->result = result;
	g_free(t->words);
	t->words = g_strconcat(id, error, NULL);
}

static struct carrier *carrier_new(int port, const char *from, int64_t timeout_s, struct told *t)
{
	struct smtp_settings set = { "127.0.0.1", port, from, timeout_s };
	struct carrier_events events = { .user = t, .outcome = on_outcome };

	return smtp_new(&set, &events);
}

static void wait_told(struct carrier *c, const struct told *t, int count)
{
	int64_t until = clock_mono_ms() + PATIENCE_MS;

	while (t->count < count) {
		struct pollfd fds[4];
		gsize n = c->ops->fds(c, fds, 4);

		g_assert_cmpint(clock_mono_ms(), <, until);
		poll(fds, n, 1000);
		c->ops->turn(c, fds, n);
	}
}

static void give(struct carrier *c, const char *to, const char *text)
{
	struct parcel p = { .job = 42, .to = to, .text = text };

	g_assert_true(c->ops->room(c));
	c->ops->send(c, &p);
}

static void test_script(gconstpointer data)
{
	struct relay r = { .script = data };
	struct told t = { 0 };
	struct carrier *c;
	GThread *thread;

	relay_listen(&r);
	thread = g_thread_new("relay", relay_thread, &r);
	c = carrier_new(r.port, "ringback@example.com", 5, &t);
	give(c, "audit@example.com", MAIL BODY);
	g_assert_false(c->ops->room(c));
	wait_told(c, &t, 1);
	g_thread_join(thread);
	g_assert_cmpint(t.job, ==, 42);
	g_assert_cmpint(t.result, ==, r.script->expect);
	if (!strstr(t.words, r.script->words))
		g_error("\"%s\" lacks \"%s\"", t.words, r.script->words);
	g_assert_true(c->ops->room(c));
	c->ops->stop(c);
	g_assert_true(c->ops->idle(c));
	c->ops->free(c);
	g_free(t.words);
	relay_clear(&r);
}

/* Not an octet more or less than we gave, but for the doubled dots (RFC 5321, 4.5.2). */
static void test_octets(gconstpointer from)
{
	struct relay r = { .script = &scripts[0] };
	struct told t = { 0 };
	struct carrier *c;
	GThread *thread;

	relay_listen(&r);
	thread = g_thread_new("relay", relay_thread, &r);
	c = carrier_new(r.port, from, 5, &t);
	give(c, "audit@example.com", MAIL BODY);
	wait_told(c, &t, 1);
	g_thread_join(thread);
	g_assert_cmpstr(r.data->str, ==, MAIL "Text sent to Anna.\r\n..\r\n...two dots\r\nend\r\n");
	g_assert_nonnull(strstr(r.commands->str, "RCPT TO:<audit@example.com>"));
	if (*(const char *)from)
		g_assert_nonnull(strstr(r.commands->str, "MAIL FROM:<ringback@example.com>"));
	else
		g_assert_nonnull(strstr(r.commands->str, "MAIL FROM:<>"));
	c->ops->free(c);
	g_free(t.words);
	relay_clear(&r);
}

/* A connection that is never answered, and one that nobody takes. */
static void test_silent_relay(void)
{
	struct relay r = { 0 };
	struct told t = { 0 };
	struct carrier *c;

	relay_listen(&r);
	c = carrier_new(r.port, "", 1, &t);
	give(c, "audit@example.com", MAIL BODY);
	wait_told(c, &t, 1);
	g_assert_cmpint(t.result, ==, CARRIER_LATER);
	c->ops->free(c);
	g_free(t.words);
	relay_clear(&r);
}

static void test_no_relay(void)
{
	struct relay r = { 0 };
	struct carrier_status s;
	struct told t = { 0 };
	struct carrier *c;

	relay_listen(&r);
	close(r.listener);
	r.listener = dup(STDERR_FILENO);
	g_test_expect_message("ringback", G_LOG_LEVEL_MESSAGE, "*out_of_reach*");
	c = carrier_new(r.port, "", 1, &t);
	give(c, "audit@example.com", MAIL BODY);
	wait_told(c, &t, 1);
	g_test_assert_expected_messages();
	g_assert_cmpint(t.result, ==, CARRIER_LATER);
	c->ops->status(c, &s, 1);
	g_assert_false(s.up);
	g_assert_cmpstr(s.last_error, !=, "");
	c->ops->free(c);
	g_free(t.words);
	relay_clear(&r);
}

static void test_bad_addresses(void)
{
	static const char *const bad[] = { "", "a b@example.com", "a@example.com>\r\nRCPT TO:<b@example.com", "a\x01@b", "<a@b>" };
	struct told t = { 0 };
	struct carrier *c = carrier_new(1, "", 1, &t);

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		give(c, bad[i], MAIL BODY);
		g_assert_cmpint(t.count, ==, (int)i);
		wait_told(c, &t, (int)i + 1);
		g_assert_cmpint(t.result, ==, CARRIER_REFUSED);
	}
	c->ops->free(c);
	g_free(t.words);
}

/* Freed while the relay is silent: must not wait for it. */
static void test_free_while_busy(void)
{
	struct relay r = { 0 };
	struct told t = { 0 };
	struct carrier *c;
	int64_t before = clock_mono_ms();

	relay_listen(&r);
	c = carrier_new(r.port, "", 2, &t);
	give(c, "audit@example.com", MAIL BODY);
	close(accept(r.listener, NULL, NULL));
	c->ops->free(c);
	g_assert_cmpint(clock_mono_ms() - before, <, 1900);
	g_assert_cmpint(t.count, ==, 0);
	relay_clear(&r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
		g_autofree char *path = g_strconcat("/smtp/", scripts[i].name, NULL);

		g_test_add_data_func(path, &scripts[i], test_script);
	}
	g_test_add_data_func("/smtp/octets", "ringback@example.com", test_octets);
	g_test_add_data_func("/smtp/null-sender", "", test_octets);
	g_test_add_func("/smtp/silent-relay", test_silent_relay);
	g_test_add_func("/smtp/no-relay", test_no_relay);
	g_test_add_func("/smtp/bad-addresses", test_bad_addresses);
	g_test_add_func("/smtp/free-while-busy", test_free_while_busy);
	return g_test_run();
}
