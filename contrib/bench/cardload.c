/* How long card and machine-readable part of a mail take, without anything around them. One thread, no output but JSON.
 *
 *	cardload COUNT [LANGUAGE]
 *
 * Cards and parts of a voicemail with a transcript, whose answers are commands, are made COUNT times. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "card.h"
#include "render.h"

#define EVENING 1772488320

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	const guint n = argc > 1 ? (guint)atoi(argv[1]) : 0;
	struct roster *r = roster_new();
	struct person anna = { .id = (char *)"anna", .name = (char *)"Anna Smith", .mail = (char *)"anna@example.com" };
	struct line clinic = { .id = (char *)"clinic", .name = (char *)"Clinic", .owner = &anna, .audit = (char *)"calls@example.com",
			       .zone = (char *)"Europe/Berlin", .language = argc > 2 ? argv[2] : (char *)CARD_LANGUAGE };
	struct call call = {
		.profile = "bench", .class = CLASS_VOICEMAIL, .caller = "+442079460123", .caller_name = "Jane Doe", .called = "201",
		.time = EVENING, .duration_s = 34, .confidence = 100, .transcript_confidence = -1,
		.transcript = "Hi, it's Jane. The boiler is leaking, can someone come tonight? Please call me back."
	};
	struct item item = {
		.id = 1742, .state = STATE_OPEN, .key = "k", .class = CLASS_VOICEMAIL, .line = "clinic", .owner = "anna",
		.caller = "+442079460123", .called = "201", .call_time = EVENING, .duration_s = 34, .calls = 2, .created = EVENING,
		.due = EVENING + 3600, .thread_id = "<first@pbx.example.com>"
	};
	struct notice notice = { .key = "0123456789abcdef", .rcpts = "201@example.com" };
	const struct event e = { .kind = EVENT_NOTICE, .call = &call, .message_id = "<first@pbx.example.com>" };
	struct decision d = { .item = &item, .notice = &notice, .line = &clinic, .owner = &anna, .why = "bench" };
	gsize octets = 0;
	double start;

	if (n == 0) {
		fprintf(stderr, "usage: cardload COUNT [LANGUAGE]\n");
		return 1;
	}
	r->rules.item_prefix = g_strdup("RB");
	r->rules.domain = g_strdup("mx.example.com");
	r->rules.reply_address = g_strdup("calls@example.com");
	r->rules.reply_keys = g_strsplit("a key of the benchmark, 0123456789", "|", -1);
	start = cpu_s();
	for (guint i = 0; i < n; i++) {
		AUTO_ARENA a = arena_new();
		const struct card card = card_render(a, r, &d, &call);

		octets = strlen(card.text) + strlen(card.html) + strlen(render_vcon(a, r, &d, &e));
	}
	printf("{\"cards\": %u, \"octets\": %zu, \"us\": %.1f}\n", n, octets, (cpu_s() - start) * 1e6 / n);
	roster_free(r);
	return 0;
}
