#include "bundle.h"

#include <string.h>

#include "gsm.h"
#include "phrase.h"
#include "text.h"

#define PLACE_MAX_CHARS 24
#define MAX_LEAST 100		/* as sms_render() */

static const char *row(struct arena *a, const struct bundled *b)
{
	const struct item *i = b->item;
	const char *number = phrase_is_e164(i->caller) ? i->caller : i->withheld ? "withheld" : "no number";

	return i->calls > 1 ? arena_printf(a, "\n%d %s x%d", b->code, number, (int)MIN(i->calls, 999))
			    : arena_printf(a, "\n%d %s", b->code, number);
}

/* The line's name if they are all of one. */
static const char *place(struct arena *a, const struct bundled *items, gsize n)
{
	for (gsize k = 1; k < n; k++)
		if (strcmp(items[k].line, items[0].line) != 0)
			return "";
	/* The second pass takes away the gap of letters that have none, and text_line()'s own sign for a cut. */
	return arena_printf(a, " %s", text_line(a, gsm_transliterate(a, text_line(a, items[0].line, PLACE_MAX_CHARS)),
						G_MAXSIZE));
}

static const char *clocks(struct arena *a, const struct bundled *items, gsize n, const char *zone)
{
	int64_t first = items[0].item->call_time, last = first;
	const char *from, *to;

	for (gsize k = 1; k < n; k++) {
		first = MIN(first, items[k].item->call_time);
		last = MAX(last, items[k].item->call_time);
	}
	from = phrase_clock(a, first, zone);
	to = phrase_clock(a, last, zone);
	return strcmp(from, to) == 0 ? from : arena_printf(a, "%s-%s", from, to);
}

static const char *compose(struct arena *a, const struct bundled *items, gsize n, const char *zone)
{
	g_autoptr(GString) out = g_string_new(NULL);

	g_string_append_printf(out, "%d OPEN%s %s", (int)n, place(a, items, n), clocks(a, items, n, zone));
	for (gsize k = 0; k < n; k++)
		g_string_append(out, row(a, &items[k]));
	g_string_append_printf(out, "\nReply %dA for one, AA all mine, L list", items[0].code);
	return arena_strdup(a, out->str);
}

const char *bundle_render(struct arena *a, const struct bundled *items, gsize n, const char *zone, gsize max,
			  gsize *shown_r)
{
	const int limit = (int)CLAMP(max, MAX_LEAST, 1600);
	const char *text = NULL;

	/* No more rows than fit could be tried; a row has 12 octets and more. */
	for (gsize k = MIN(n, (gsize)limit / 12); k > 0; k--) {
		text = compose(a, items, k, zone);
		*shown_r = k;
		if (gsm_length(text) <= limit)
			break;
	}
	return text;
}
