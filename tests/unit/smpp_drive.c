/* Drives the SMPP carrier by hand, for tests against other people's SMSCs. Lines on standard input:
 *   NUMBER TEXT    send it (when the carrier is ready)        !stop    finish, unbind, end
 *   !keep 0|1      whether what comes in is made durable      (end of input is !stop)
 * and one JSON object a line on standard output for all that happens. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <jansson.h>

#include "clock.h"
#include "log.h"
#include "smpp.h"

static struct {
	struct carrier *c;
	GQueue todo;		/* char *: lines to send */
	GString *in;
	int64_t last_job;
	char *error;		/* what the state said last */
	bool keep, up, ended;
} drive = { .keep = true };

static void tell(json_t *line)
{
	g_assert(line);
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(line);
}

static void on_outcome(void *user, const char *provider, int64_t job, enum carrier_result result, const char *id,
		       const char *error)
{
	static const char *const results[] = { "sent", "later", "refused", "unknown" };

	(void)user;
	(void)provider;
	tell(json_pack("{s:s, s:I, s:s, s:s, s:s}", "event", "outcome", "job", (json_int_t)job, "result",
		       results[result], "id", id, "error", error));
}

static bool on_received(void *user, const char *provider, const char *phone, const char *text)
{
	(void)user;
	(void)provider;
	tell(json_pack("{s:s, s:s, s:s}", "event", "received", "phone", phone, "text", text));
	return drive.keep;
}

static bool on_receipted(void *user, const char *provider, const struct receipt *r)
{
	(void)user;
	(void)provider;
	tell(json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "event", "receipt", "id", r->id, "from", r->from, "state",
		       r->state, "final", r->final, "delivered", r->delivered));
	return drive.keep;
}

static void line_take(const char *line)
{
	if (strcmp(line, "!stop") == 0)
		drive.ended = true;
	else if (g_str_has_prefix(line, "!keep "))
		drive.keep = line[6] == '1';
	else if (*line)
		g_queue_push_tail(&drive.todo, g_strdup(line));
}

static void stdin_read(void)
{
	char buf[4096], *end;
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		drive.ended = true;
		return;
	}
	g_string_append_len(drive.in, buf, n);
	while ((end = strchr(drive.in->str, '\n'))) {
		*end = 0;
		line_take(drive.in->str);
		g_string_erase(drive.in, 0, end - drive.in->str + 1);
	}
}

static void todo_send(void)
{
	while (drive.todo.length && drive.c->ops->room(drive.c)) {
		g_autofree char *line = g_queue_pop_head(&drive.todo);
		g_auto(GStrv) words = g_strsplit(line, " ", 2);
		struct parcel p = {
			.job = ++drive.last_job, .to = words[0], .text = words[1] ? words[1] : "", .validity_s = 900,
		};

		drive.c->ops->send(drive.c, &p);
	}
}

static void state_tell(void)
{
	struct carrier_status s;

	drive.c->ops->status(drive.c, &s, 1);
	if (s.up == drive.up && strcmp(s.last_error, drive.error) == 0)
		return;
	drive.up = s.up;
	g_free(drive.error);
	drive.error = g_strdup(s.last_error);
	tell(json_pack("{s:s, s:b, s:s}", "event", "state", "up", s.up, "error", s.last_error));
}

static void turn(void)
{
	struct pollfd fds[5];
	gsize n = drive.c->ops->fds(drive.c, fds, 4);

	fds[n] = (struct pollfd){ .fd = drive.ended ? -1 : STDIN_FILENO, .events = POLLIN };
	poll(fds, n + 1, drive.c->ops->timeout_ms(drive.c));
	if (fds[n].revents)
		stdin_read();
	drive.c->ops->turn(drive.c, fds, n);
	state_tell();
	todo_send();
	if (drive.ended && !drive.todo.length)
		drive.c->ops->stop(drive.c);
}

static int option(const char *name, int otherwise)
{
	const char *value = g_getenv(name);

	return value ? (int)g_ascii_strtoll(value, NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	struct carrier_events events = {
		.outcome = on_outcome, .received = on_received, .receipted = on_receipted,
	};
	struct smpp_settings set = {
		.name = "drive", .host = argc > 1 ? argv[1] : "", .system_id = "ringback", .system_type = "",
		.source_addr = "+442079460100",
	};

	struct tls_settings tls = {
		.name = g_getenv("TLS_NAME"), .ca = g_getenv("TLS_CA"), .cert = g_getenv("TLS_CERT"), .key = g_getenv("TLS_KEY")
	};

	if (argc != 4) {
		fprintf(stderr, "usage: smpp_drive HOST PORT PASSWORD; WINDOW, ENQUIRE, TIMEOUT, RECONNECT, ALPHABET, "
			"JOINING, WIDE, TLS_NAME, TLS_CA, TLS_CERT and TLS_KEY in the environment\n");
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);	/* as ringbackd does: OpenSSL writes by write(2) */
	set.tls = tls.name ? &tls : NULL;
	set.port = (int)g_ascii_strtoll(argv[2], NULL, 10);
	set.password = argv[3];
	set.window = (guint)option("WINDOW", 10);
	set.enquire_link_s = option("ENQUIRE", 30);
	set.response_timeout_s = option("TIMEOUT", 10);
	set.coding.alphabet = (enum coding)option("ALPHABET", CODING_GSM);
	set.coding.joining = (enum joining)option("JOINING", JOINING_UDH);
	set.coding.wide = option("WIDE", 0);
	set.reconnect_min_s = set.reconnect_max_s = option("RECONNECT", 0);
	log_open(LOG_TO_STDERR, g_getenv("DEBUG") != NULL);
	drive.in = g_string_new(NULL);
	drive.error = g_strdup("");
	drive.c = smpp_new(&set, &events);
	while (!drive.c->ops->idle(drive.c))
		turn();
	drive.c->ops->free(drive.c);
	g_string_free(drive.in, TRUE);
	g_free(drive.error);
	return 0;
}
