#include "sms.h"

#include <string.h>

#include "phrase.h"
#include "text.h"

#define NAME_MAX_CHARS 60
#define TRANSCRIPT_MAX_CHARS 1000
#define PIECE_LEAST 4		/* septets that are worth showing of a piece that was cut */
#define TRANSCRIPT_LEAST 12
#define MAX_LEAST 100		/* below this, number and verbs would not fit */

/* A text about an item in pieces; "" where there is none. */
struct pieces {
	const char *head;	/* "MISSED 21:52" */
	const char *place;	/* line name */
	const char *tail;	/* "missed", after the line name */
	const char *number, *name, *times;
	const char *why;
	const char *said;
	const char *reply, *verbs;
};

/* ---- words from outside ---- */

static bool is_number_char(char c)
{
	return g_ascii_isdigit(c) || strchr("+-./() ", c);
}

/* Length of the run at s that could be taken for a phone number, 0 if there is none: the only number that a text
 * shows outside the caller's own quoted words must be the caller's. */
static gsize number_at(const char *s)
{
	gsize n = 0, digits = 0, end = 0;

	for (; s[n] && is_number_char(s[n]); n++)
		if (g_ascii_isdigit(s[n])) {
			digits++;
			end = n + 1;
		}
	return digits >= 5 ? end : 0;
}

static const char *without_numbers(struct arena *a, const char *s)
{
	g_autoptr(GString) out = g_string_new(NULL);

	while (*s) {
		gsize skip = g_ascii_isdigit(*s) || *s == '+' || *s == '(' ? number_at(s) : 0;

		if (skip)
			g_string_append_c(out, ' ');
		else
			g_string_append_c(out, *s);
		s += skip ? skip : 1;
	}
	return arena_strdup(a, out->str);
}

/* One line of GSM characters. A second pass closes the gaps that letters without a close one leave. */
static const char *plain(struct arena *a, const char *s, gsize max_chars)
{
	const char *line = gsm_transliterate(a, text_line(a, s, max_chars));

	return text_line(a, line, G_MAXSIZE);	/* text_line()'s own sign for a cut is not in the alphabet */
}

static const char *name_of(struct arena *a, const struct item *i)
{
	return text_line(a, without_numbers(a, plain(a, i->caller_name, NAME_MAX_CHARS)), G_MAXSIZE);
}

/* What a PBX wrote where there is no E.164 number: an extension or a SIP address may still help. */
static const char *raw_number(struct arena *a, const char *raw)
{
	const char *s = plain(a, raw, 30);

	return *s && gsm_length(s) <= 40 ? s : "number unknown";
}

static const char *number_of(struct arena *a, const struct item *i)
{
	if (phrase_is_e164(i->caller))
		return i->caller;
	return i->withheld ? "number withheld" : raw_number(a, i->caller_raw);
}

static const char *quoted_words(struct arena *a, const struct item *i)
{
	char *s = arena_strdup(a, plain(a, i->transcript, TRANSCRIPT_MAX_CHARS));

	return g_strdelimit(s, "\"", '\'');	/* nobody closes our quotes */
}

/* ---- cutting ---- */

/* At least over septets less of s, or "" if hardly anything would be left. */
static const char *shorten(struct arena *a, const char *s, int over, int least)
{
	int want = gsm_length(s) - over - 2, have = 0;
	const char *p = s;

	if (want < least)
		return "";
	for (; *p; p = g_utf8_next_char(p)) {
		g_autofree char *c = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));

		if (have + gsm_length(c) > want)
			break;
		have += gsm_length(c);
	}
	while (p > s && p[-1] == ' ')
		p--;
	return arena_printf(a, "%.*s..", (int)(p - s), s);
}

static void append_word(GString *out, const char *word)
{
	if (!*word)
		return;
	if (out->len && out->str[out->len - 1] != '\n')
		g_string_append_c(out, ' ');
	g_string_append(out, word);
}

static void append_line(GString *out, const char *line, const char *quote)
{
	if (*line)
		g_string_append_printf(out, "\n%s%s%s", quote, line, quote);
}

static const char *compose(struct arena *a, const struct pieces *p)
{
	g_autoptr(GString) out = g_string_new(NULL);

	append_word(out, p->head);
	append_word(out, p->place);
	append_word(out, p->tail);
	g_string_append_c(out, '\n');
	append_word(out, p->number);
	append_word(out, p->name);
	append_word(out, p->times);
	append_line(out, p->why, "");
	append_line(out, p->said, "\"");
	g_string_append_c(out, '\n');
	append_word(out, p->reply);
	append_word(out, p->verbs);
	return arena_strdup(a, out->str);
}

static const char *fit(struct arena *a, struct pieces *p, gsize max)
{
	const struct { const char **piece; int least; } order[] = {
		{ &p->said, TRANSCRIPT_LEAST }, { &p->name, PIECE_LEAST }, { &p->place, PIECE_LEAST },
		{ &p->reply, G_MAXINT }, { &p->why, G_MAXINT }, { &p->times, G_MAXINT },
	};
	int limit = (int)CLAMP(max, MAX_LEAST, 10 * SMS_SEGMENT);
	const char *text = compose(a, p);

	for (gsize i = 0; i < G_N_ELEMENTS(order) && gsm_length(text) > limit; i++) {
		*order[i].piece = shorten(a, *order[i].piece, gsm_length(text) - limit, order[i].least);
		text = compose(a, p);
	}
	return text;
}

/* ---- a text about an item ---- */

static const char *waited(struct arena *a, int64_t s)
{
	if (s >= 7200 && s % 3600 == 0)
		return arena_printf(a, "%dh", (int)MIN(s / 3600, 999));
	if (s >= 120)
		return arena_printf(a, "%dm", (int)MIN(s / 60, 9999));
	return arena_printf(a, "%ds", (int)MAX(s, 0));
}

static const char *nobody_answered(struct arena *a, const struct sms_facts *f)
{
	const char *who = plain(a, f->before, 20);

	if (f->ended)
		return *who ? arena_printf(a, "%s %s", who, f->ended) : "Nobody took it yet";
	if (!*who)
		return arena_printf(a, "No ack in %s", waited(a, f->waited_s));
	return arena_printf(a, "%s did not ack in %s", who, waited(a, f->waited_s));
}

static enum call_class class_of(const struct sms_facts *f)
{
	return f->recording ? CLASS_VOICEMAIL : f->item->class;
}

static const char *kind_word(struct arena *a, const struct sms_facts *f)
{
	static const char *const words[] = { "missed", "missed", "voicemail", "abandoned", "system" };
	enum call_class c = class_of(f);

	if (c == CLASS_VOICEMAIL && f->item->duration_s >= 0)
		return arena_printf(a, "voicemail %s", phrase_length(a, MIN(f->item->duration_s, 86400)));
	return words[c];
}

/* Local time of the call that the text is about: for an update that is the newest one. */
static const char *clock_of(struct arena *a, const struct sms_facts *f)
{
	const struct item *i = f->item;
	int64_t at = f->topic == TOPIC_UPDATE && i->calls > 1 && i->last_call ? i->last_call : i->call_time;

	return phrase_clock(a, at, f->line ? f->line->zone : NULL);
}

static const char *why_of(const struct sms_facts *f)
{
	enum call_class c = class_of(f);

	if (c != CLASS_VOICEMAIL)
		return phrase_reason(c, f->item->reason);
	return f->item->transcript ? "" : "The recording is in the mail";
}

static const char *times_of(struct arena *a, const struct item *i)
{
	return i->calls > 1 ? arena_printf(a, "x%d", (int)MIN(i->calls, 999)) : "";
}

static void put_first(struct arena *a, const struct sms_facts *f, struct pieces *p)
{
	g_autofree char *kind = g_ascii_strup(kind_word(a, f), -1);

	p->head = arena_printf(a, "%s %s", kind, clock_of(a, f));
	p->why = why_of(f);
}

static void put_retry(struct arena *a, const struct sms_facts *f, struct pieces *p)
{
	const int64_t n = f->item->attempts;

	p->head = arena_printf(a, "TRY AGAIN %s", clock_of(a, f));
	p->tail = kind_word(a, f);
	p->why = arena_printf(a, "Not reached so far, %d %s", (int)MIN(n, 999), n == 1 ? "try" : "tries");
	p->verbs = arena_printf(a, "%dD called, %dT no reach, %dN pass on", f->code, f->code, f->code);
}

static void put_escalation(struct arena *a, const struct sms_facts *f, struct pieces *p)
{
	p->head = arena_printf(a, "ESC %d/%d %s", (int)CLAMP(f->step, 0, 999), (int)CLAMP(f->steps, 0, 999),
			       clock_of(a, f));
	p->tail = kind_word(a, f);
	p->why = nobody_answered(a, f);
}

static const char *verbs(struct arena *a, int code)
{
	return arena_printf(a, "%dA mine, %dD called, %dN pass on", code, code, code);
}

const char *sms_render(struct arena *a, const struct sms_facts *f, gsize max)
{
	const struct item *i = f->item;
	struct pieces p = {
		.tail = "", .place = plain(a, f->line ? f->line->name : i->line, NAME_MAX_CHARS),
		.number = number_of(a, i), .name = name_of(a, i), .times = times_of(a, i),
		.said = class_of(f) == CLASS_VOICEMAIL ? quoted_words(a, i) : "", .verbs = verbs(a, f->code)
	};

	if (f->topic == TOPIC_TAKEN && i->state == STATE_CLOSED)
		return sms_closed(a, i, f->code, f->before ? f->before : "", f->line ? f->line->zone : NULL);
	if (f->topic == TOPIC_TAKEN && i->state == STATE_SNOOZED)
		return sms_snoozed(a, f->code, false, i->wake, f->line ? f->line->zone : NULL);
	if (f->topic == TOPIC_TAKEN)
		return sms_taken(a, f->code, f->before, i->acked, f->line ? f->line->zone : NULL);
	if (f->topic == TOPIC_ESCALATION)
		put_escalation(a, f, &p);
	else if (f->topic == TOPIC_RETRY)
		put_retry(a, f, &p);
	else
		put_first(a, f, &p);
	p.reply = *p.said ? "" : "Reply";
	return fit(a, &p, max);
}

/* ---- answers ---- */

const char *sms_yours(struct arena *a, const struct item *i, int code, const char *zone, int64_t back_at)
{
	const char *since = i->acked ? arena_printf(a, " since %s", phrase_clock(a, i->acked, zone)) : "";
	const char *back_clock = phrase_clock(a, back_at, zone);
	const char *back = back_at ? arena_printf(a, " It comes back to you at %s.", back_clock) : "";
	char *rest = arena_printf(a, "%s. After the call reply %dD.%s", number_of(a, i), code, back);
	const char *start = arena_printf(a, "%d is yours%s. ", code, since);
	const char *name = name_of(a, i);
	int room = SMS_SEGMENT - gsm_length(start) - gsm_length(rest) - 1;

	if (*name && gsm_length(name) > room)
		name = shorten(a, name, gsm_length(name) - room, PIECE_LEAST);
	if (!*name)
		rest[0] = g_ascii_toupper(rest[0]);
	return arena_printf(a, "%s%s%s%s", start, name, *name ? " " : "", rest);
}

static const char *by_whom(struct arena *a, const char *by)
{
	const char *who = plain(a, by, 40);

	return *who ? who : "a colleague";
}

const char *sms_taken(struct arena *a, int code, const char *by, int64_t at, const char *zone)
{
	const char *when = at ? arena_printf(a, " at %s", phrase_clock(a, at, zone)) : "";

	return arena_printf(a, "%d was taken by %s%s. Nothing to do.", code, by_whom(a, by), when);
}

const char *sms_closed(struct arena *a, const struct item *i, int code, const char *by, const char *zone)
{
	const char *when = i->closed ? arena_printf(a, " at %s", phrase_clock(a, i->closed, zone)) : "";
	const char *how = i->resolution ? arena_printf(a, ": %s", phrase_resolution(i->resolution)) : "";

	if (!by)
		return arena_printf(a, "%d closed%s%s. Thank you.", code, when, how);
	return arena_printf(a, "%d was closed by %s%s%s. Nothing to do.", code, by_whom(a, by), when, how);
}

const char *sms_passed_on(struct arena *a, int code, const char *to)
{
	if (!to)
		return arena_printf(a, "%d: nobody is left to pass it on to. It stays open.", code);
	return arena_printf(a, "%d was passed on to %s. Nothing to do.", code, by_whom(a, to));
}

const char *sms_tried(struct arena *a, int code, int64_t retry_at, const char *zone)
{
	const char *clock = phrase_clock(a, retry_at, zone);
	const char *again = retry_at ? arena_printf(a, " Try again at %s.", clock) : "";

	return arena_printf(a, "%d: your try is noted, it stays yours.%s When you reach them reply %dD.", code, again, code);
}

const char *sms_snoozed(struct arena *a, int code, bool mine, int64_t until, const char *zone)
{
	const char *clock = phrase_clock(a, until, zone);

	if (mine)
		return arena_printf(a, "%d is put off until %s. Then it comes back to you.", code, clock);
	return arena_printf(a, "%d was put off until %s. Nothing to do.", code, clock);
}

const char *sms_which(struct arena *a, const int *codes, gsize n)
{
	g_autoptr(GString) list = g_string_new(NULL);
	gsize shown = MIN(n, 20);

	if (n == 0)
		return "You have nothing open.";
	for (gsize i = 0; i < shown; i++)
		g_string_append_printf(list, " %d", codes[i]);
	return arena_printf(a, "You have %d open:%s%s. Say which, e.g. %dA. L lists them.", (int)n, list->str,
			    shown < n ? " .." : "", codes[0]);
}

const char *sms_unknown_code(struct arena *a, int code)
{
	return arena_printf(a, "There is no %d on this phone. Reply L for the list.", code);
}

static const char *list_line(struct arena *a, const struct item *i, int code)
{
	const char *times = times_of(a, i);

	return arena_printf(a, "\n%d %s%s%s", code, number_of(a, i), *times ? " " : "", times);
}

const char *sms_list(struct arena *a, const struct item *const *items, const int *codes, gsize n, gsize max)
{
	int limit = (int)CLAMP(max, MAX_LEAST, 10 * SMS_SEGMENT), room;
	g_autoptr(GString) out = g_string_new(NULL);
	const char *foot;

	if (n == 0)
		return "You have nothing open.";
	foot = arena_printf(a, "\nReply %dA for one, AA all mine", codes[0]);
	g_string_printf(out, "%d OPEN", (int)n);
	room = limit - (int)out->len - gsm_length(foot);
	for (gsize i = 0; i < n; i++) {
		const char *line = list_line(a, items[i], codes[i]);
		const char *more = arena_printf(a, "\nand %d more", (int)(n - i));

		if (gsm_length(line) + (i + 1 < n ? gsm_length(more) : 0) > room) {
			g_string_append(out, more);
			break;
		}
		room -= gsm_length(line);
		g_string_append(out, line);
	}
	return arena_strdup(a, g_string_append(out, foot)->str);
}

const char *sms_help(struct arena *a)
{
	(void)a;
	return "Send the code and a letter: 17A mine, 17D called back, 17T no reach, 17N pass on, 17S30 later, "
	       "17X no callback. L list, AA all mine, STOP ends texts.";
}

const char *sms_started(struct arena *a)
{
	(void)a;
	return "Texts come to this phone again. L lists what is open, STOP ends them.";
}

const char *sms_not_understood(struct arena *a)
{
	(void)a;
	return "Not understood, nothing changed. Send the code and a letter, e.g. 17A mine, 17D called, 17N pass on. "
	       "L lists yours, H helps.";
}
