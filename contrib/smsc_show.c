/* What the phone's screen shows, and the log that counts. */
#include "smsc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "clock.h"
#include "text.h"

static guint segments(const char *text)
{
	const struct coding_rules rules = { .wide = true };
	AUTO_ARENA a = arena_new();
	const struct coded *coded = coding_encode(a, text, &rules);

	return coded ? coded->n : 1;
}

#define BOX_WIDTH 44

static void box_line(const char *text, glong n)
{
	glong bytes = g_utf8_offset_to_pointer(text, n) - text;

	printf("  | %.*s%*s |\n", (int)bytes, text, (int)(BOX_WIDTH - n), "");
}

/* How many characters of p stand on one row: whole words where they fit. */
static glong row_length(const char *p)
{
	glong n = g_utf8_strlen(p, -1);

	if (n <= BOX_WIDTH)
		return n;
	for (n = BOX_WIDTH; n > 0; n--)
		if (*g_utf8_offset_to_pointer(p, n) == ' ')
			return n;
	return BOX_WIDTH;
}

/* As a phone would show it. */
void smsc_show(const char *to, const char *from, const char *text, enum coding coding, guint parts)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(clock_now());
	g_autofree char *at = g_date_time_format(now, "%H:%M:%S");
	g_autofree char *head = g_strdup_printf("%s  %s  from %.20s", to, at, from);
	g_autofree char *rule = g_strnfill(BOX_WIDTH + 2, '-');
	g_auto(GStrv) lines = g_strsplit(text, "\n", 40);

	parts = parts ? parts : segments(text);
	printf("  .%s.\n", rule);
	box_line(head, MIN(g_utf8_strlen(head, -1), BOX_WIDTH));
	printf("  |%s|\n", rule);
	for (char **l = lines; *l; l++) {
		const char *p = *l;

		do {
			glong n = row_length(p);

			box_line(p, n);
			p = g_utf8_offset_to_pointer(p, n);
			p += *p == ' ';
		} while (*p);
	}
	printf("  '%s' %u segment%s%s%s\n", rule, parts, parts == 1 ? "" : "s", coding == CODING_GSM ? "" : ", ",
	       coding == CODING_GSM ? "" : coding_name(coding));
}

/* One line a text, on its way to the disk before the ESME hears of it: whoever counts losses and duplicates reads this. */
void smsc_log(const char *to, const char *from, const char *text, const char *id, int64_t reference)
{
	char at[32];
	json_t *line;
	int done;

	if (!smsc.log)
		return;
	line = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s}", "to", to, "from", from, "text", text, "message_id", id,
			 "reference", reference < 0 ? json_null() : json_integer(reference), "at",
			 text_time(clock_now(), at));
	done = line ? json_dumpf(line, smsc.log, JSON_COMPACT) : -1;
	json_decref(line);
	if (done != 0 || fputc('\n', smsc.log) == EOF || fflush(smsc.log) != 0) {
		fprintf(stderr, "ringback-smsc: writing the log: %s\n", g_strerror(errno));
		exit(EX_IOERR);
	}
}
