#include "sms.h"

#include <string.h>

#include "coding.h"
#include "phrase.h"
#include "text.h"

#define NAME_MAX_CHARS 60
#define TRANSCRIPT_MAX_CHARS 1000
#define PIECE_LEAST 4		/* septets that are worth showing of a piece that was cut */
#define TRANSCRIPT_LEAST 12
#define CARD_DIGITS 12		/* a run of so many may be the number of a card */
#define GAP_MAX 3		/* signs between two digits of a run */
#define CODES_SHOWN 20

/* A text in the making. */
struct draft {
	const struct sms_style *s;
	bool wide;		/* letters that GSM 03.38 lacks stay */
	enum text_id id;
	const char *values[N_TEXT_VALUES];
};

struct sms_style sms_style(struct arena *a, const struct roster *r, const struct person *p, const struct line *l)
{
	const struct rules *rules = &r->rules;
	const guint parts = (guint)CLAMP(rules->text_parts, 1, CODING_PARTS_MAX);
	struct sms_style s = { .a = a, .texts = roster_texts(r, p, l), .septets = SMS_SEGMENT };

	if (parts > 1)
		s.septets = coding_room(CODING_GSM, parts);
	else if (rules->text_septets)
		s.septets = (int)rules->text_septets;
	if (rules->text_wide)
		s.units = parts > 1 ? coding_room(CODING_UCS2, parts) : s.septets * 70 / SMS_SEGMENT;
	return s;
}

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

/* One line, in GSM characters unless wide. A second pass closes the gaps that letters without a close one leave. */
static const char *line_of(const struct draft *d, const char *raw, gsize max_chars)
{
	const char *line = text_line(d->s->a, raw, max_chars);

	if (d->wide)
		return line;
	return text_line(d->s->a, gsm_transliterate(d->s->a, line), G_MAXSIZE);	/* its sign for a cut is not in the alphabet */
}

static const char *name_of(const struct draft *d, const struct item *i)
{
	/* digits of other scripts are digits too */
	const char *name = line_of(d, i->caller_name, NAME_MAX_CHARS);
	g_autofree char *plain = d->wide ? g_utf8_normalize(name, -1, G_NORMALIZE_NFKC) : NULL;

	return text_line(d->s->a, without_numbers(d->s->a, plain ? plain : name), G_MAXSIZE);
}

static const char *word(const struct draft *d, enum text_id id)
{
	return texts_fill(d->s->a, d->s->texts, id, d->values);
}

/* What a PBX wrote where there is no E.164 number: an extension or a SIP address may still help. */
static const char *raw_number(const struct draft *d, const char *raw)
{
	const char *s = text_line(d->s->a, gsm_transliterate(d->s->a, text_line(d->s->a, raw, 30)), G_MAXSIZE);

	return *s && gsm_length(s) <= 40 ? s : word(d, TEXT_no_number);
}

static const char *number_of(const struct draft *d, const struct item *i)
{
	if (phrase_is_e164(i->caller))
		return i->caller;
	return i->withheld ? word(d, TEXT_withheld) : raw_number(d, i->caller_raw);
}

/* The run of digits at p, with the signs that people put between them: its end, and its digits. */
static const char *run_at(const char *p, GString *digits)
{
	const char *end = p;
	guint gap = 0;

	for (; *p && gap <= GAP_MAX; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isdigit(c)) {
			g_string_append_c(digits, (char)('0' + g_unichar_digit_value(c)));
			end = g_utf8_next_char(p);
			gap = 0;
		} else if (g_unichar_isspace(c) || g_unichar_ispunct(c)) {
			gap++;
		} else {
			break;
		}
	}
	return end;
}

/* Without what may be a card's number. The caller's own stays: they are to be called back. */
static const char *redacted(struct arena *a, const char *s, const char *caller)
{
	g_autoptr(GString) out = g_string_new(NULL), digits = g_string_new(NULL);

	while (s && *s) {
		const char *end = g_utf8_next_char(s);

		if (g_unichar_isdigit(g_utf8_get_char(s))) {
			g_string_truncate(digits, 0);
			end = run_at(s, digits);
		}
		if (end > g_utf8_next_char(s) && digits->len >= CARD_DIGITS &&
		    !(caller && *caller == '+' && strcmp(caller + 1, digits->str) == 0))
			g_string_append(out, "[number]");
		else
			g_string_append_len(out, s, end - s);
		s = end;
	}
	return arena_strdup(a, out->str);
}

static const char *quoted_words(const struct draft *d, const struct item *i)
{
	const char *clean = redacted(d->s->a, i->transcript, i->caller);
	char *s = arena_strdup(d->s->a, line_of(d, clean, TRANSCRIPT_MAX_CHARS));

	return g_strdelimit(s, "\"", '\'');	/* nobody closes our quotes */
}

/* ---- length ---- */

static int length(const struct draft *d, const char *text)
{
	return d->wide ? coding_units(text) : gsm_length(text);
}

static int room(const struct draft *d)
{
	return d->wide ? d->s->units : d->s->septets;
}

/* At least over less of s, or "" if hardly anything would be left. */
static const char *shorten(const struct draft *d, const char *s, int over, int least)
{
	int want = length(d, s) - over - 2, have = 0;
	const char *p = s;

	if (want < least)
		return "";
	while (*p) {
		const char *next = coding_next(p);
		g_autofree char *c = g_strndup(p, (gsize)(next - p));

		if (have + length(d, c) > want)
			break;
		have += length(d, c);
		p = next;
	}
	while (p > s && p[-1] == ' ')
		p--;
	return arena_printf(d->s->a, "%.*s..", (int)(p - s), s);
}

/* The words of a template may have letters that GSM 03.38 lacks, too. */
static const char *compose(const struct draft *d)
{
	const char *text = word(d, d->id);

	return d->wide ? text : gsm_transliterate(d->s->a, text);
}

struct cut {
	enum text_value value;
	int least;
};

/* What is cut until it fits, in this order. */
static const struct cut item_cuts[] = {
	{ WITH_said, TRANSCRIPT_LEAST }, { WITH_name, PIECE_LEAST }, { WITH_line, PIECE_LEAST },
	{ WITH_reply, G_MAXINT }, { WITH_why, G_MAXINT }, { WITH_times, G_MAXINT },
};

static const char *fit(struct draft *d, const struct cut *cuts, gsize n)
{
	const char *text = compose(d);

	for (gsize i = 0; i < n && length(d, text) > room(d); i++) {
		const char **value = &d->values[cuts[i].value];

		*value = shorten(d, *value ? *value : "", length(d, text) - room(d), cuts[i].least);
		text = compose(d);
	}
	return text;
}

/* Wide only where it must be, and where it fits. */
typedef const char *(*writer)(struct draft *d, const void *facts);

static const char *write_text(const struct sms_style *s, writer write, const void *facts)
{
	struct draft wide = { .s = s, .wide = true }, plain = { .s = s };
	const char *text = s->units ? write(&wide, facts) : NULL;

	if (text && !gsm_is_close(text) && coding_units(text) <= s->units)
		return text;
	return write(&plain, facts);
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

static const char *nobody_answered(struct draft *d, const struct sms_facts *f)
{
	static const enum text_id ended[] = {
		[ENDED_NOT] = TEXT_did_not_ack, [ENDED_PASSED_ON] = TEXT_passed_it_on,
		[ENDED_NOT_REACHED] = TEXT_not_reached, [ENDED_SKIPPED] = TEXT_nobody_took
	};

	d->values[WITH_person] = line_of(d, f->before, 20);
	d->values[WITH_wait] = waited(d->s->a, f->waited_s);
	if (*d->values[WITH_person])
		return word(d, ended[f->ended]);
	return word(d, f->ended ? TEXT_nobody_took : TEXT_no_ack);
}

static enum call_class class_of(const struct sms_facts *f)
{
	return f->recording ? CLASS_VOICEMAIL : f->item->class;
}

/* Local time of the call that the text is about: for an update that is the newest one. */
static const char *clock_of(struct arena *a, const struct sms_facts *f)
{
	const struct item *i = f->item;
	int64_t at = f->topic == TOPIC_UPDATE && i->calls > 1 && i->last_call ? i->last_call : i->call_time;

	return phrase_clock(a, at, f->line ? f->line->zone : NULL);
}

static const char *why_of(const struct draft *d, const struct sms_facts *f)
{
	static const enum text_id missed[] = {
		TEXT_why_unknown, TEXT_why_no_answer, TEXT_why_busy, TEXT_why_not_reachable, TEXT_why_rejected,
		TEXT_why_hung_up, TEXT_why_answered_elsewhere
	};
	enum call_class c = class_of(f);

	_Static_assert(G_N_ELEMENTS(missed) == N_REASONS, "one text for each reason");
	if (c == CLASS_ABANDONED)
		return word(d, TEXT_why_left_queue);
	if (c == CLASS_VOICEMAIL)
		return f->item->transcript ? "" : word(d, TEXT_recording);
	return c == CLASS_MISSED ? word(d, missed[f->item->reason]) : "";
}

static const char *times_of(struct arena *a, const struct item *i)
{
	return i->calls > 1 ? arena_printf(a, "x%d", (int)MIN(i->calls, 999)) : "";
}

static const char *number_text(struct arena *a, int64_t n)
{
	return arena_printf(a, "%d", (int)CLAMP(n, 0, 9999));
}

struct class_words {
	enum text_id text, kind;
};

static struct class_words words_of(enum call_class c)
{
	if (c == CLASS_VOICEMAIL)
		return (struct class_words){ TEXT_voicemail, TEXT_kind_voicemail };
	if (c == CLASS_ABANDONED)
		return (struct class_words){ TEXT_abandoned, TEXT_kind_abandoned };
	return (struct class_words){ TEXT_missed, TEXT_kind_missed };
}

/* The holder is reminded of a try that reached nobody. */
static void retry_values(struct draft *d, const struct item *i)
{
	d->values[WITH_count] = arena_printf(d->s->a, "%d", (int)MIN(i->attempts, 999));
	d->values[WITH_why] = word(d, i->attempts == 1 ? TEXT_tried_once : TEXT_tried_often);
	d->values[WITH_verbs] = word(d, TEXT_retry_verbs);
	d->id = TEXT_retry;
}

static void item_values(struct draft *d, const struct sms_facts *f)
{
	const struct item *i = f->item;
	const bool voicemail = class_of(f) == CLASS_VOICEMAIL, escalation = f->topic == TOPIC_ESCALATION;
	const char **v = d->values;

	v[WITH_code] = number_text(d->s->a, f->code);
	v[WITH_time] = clock_of(d->s->a, f);
	v[WITH_length] = voicemail && i->duration_s >= 0 ? phrase_length(d->s->a, MIN(i->duration_s, 86400)) : "";
	v[WITH_line] = line_of(d, f->line ? f->line->name : i->line, NAME_MAX_CHARS);
	v[WITH_number] = number_of(d, i);
	v[WITH_name] = name_of(d, i);
	v[WITH_times] = times_of(d->s->a, i);
	v[WITH_said] = voicemail && i->transcript ? quoted_words(d, i) : "";
	v[WITH_reply] = *v[WITH_said] ? "" : word(d, TEXT_reply);
	v[WITH_verbs] = word(d, TEXT_verbs);
	v[WITH_why] = escalation ? nobody_answered(d, f) : why_of(d, f);
	v[WITH_step] = arena_printf(d->s->a, "%d", (int)CLAMP(f->step, 0, 999));
	v[WITH_steps] = arena_printf(d->s->a, "%d", (int)CLAMP(f->steps, 0, 999));
	v[WITH_kind] = word(d, words_of(class_of(f)).kind);
	d->id = escalation ? TEXT_escalation : words_of(class_of(f)).text;
	if (f->topic == TOPIC_RETRY)
		retry_values(d, i);
}

static const char *write_item(struct draft *d, const void *facts)
{
	item_values(d, facts);
	return fit(d, item_cuts, G_N_ELEMENTS(item_cuts));
}

const char *sms_render(const struct sms_style *s, const struct sms_facts *f)
{
	const struct item *i = f->item;
	const char *zone = f->line ? f->line->zone : NULL;

	if (f->topic == TOPIC_TAKEN && i->state == STATE_CLOSED)
		return sms_closed(s, i, f->code, f->before ? f->before : "", zone);
	if (f->topic == TOPIC_TAKEN && i->state == STATE_SNOOZED)
		return sms_snoozed(s, f->code, false, i->wake, zone);
	if (f->topic == TOPIC_TAKEN)
		return sms_taken(s, f->code, f->before, i->acked, zone);
	return write_text(s, write_item, f);
}

/* ---- answers ---- */

struct answer {
	enum text_id id;
	int code;
	const struct item *item;
	const char *person;	/* NULL: not in it; "": unknown */
	int64_t at, back;	/* 0: not in it */
	const char *zone;
	const char *count, *codes;
	bool how;
};

static const char *capital(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s);

	out[0] = g_ascii_toupper(out[0]);
	return out;
}

static const enum text_id how_words[] = {
	TEXT_how_none, TEXT_how_called_back, TEXT_how_caller_reached, TEXT_how_answered_elsewhere,
	TEXT_how_no_callback_needed, TEXT_how_spam, TEXT_how_wrong_number, TEXT_how_merged, TEXT_how_expired
};
_Static_assert(G_N_ELEMENTS(how_words) == N_RESOLUTIONS, "one text for each resolution");

static const char *write_answer(struct draft *d, const void *facts)
{
	static const struct cut cuts[] = {
		{ WITH_name, PIECE_LEAST }, { WITH_person, PIECE_LEAST }, { WITH_how, G_MAXINT },
	};
	const struct answer *n = facts;
	struct arena *a = d->s->a;
	const char **v = d->values;

	d->id = n->id;
	v[WITH_code] = n->code ? number_text(a, n->code) : "";
	v[WITH_count] = n->count;
	v[WITH_codes] = n->codes;
	if (n->person) {
		v[WITH_person] = line_of(d, n->person, 40);
		v[WITH_person] = *v[WITH_person] ? v[WITH_person] : word(d, TEXT_colleague);
	}
	v[WITH_time] = n->at ? phrase_clock(a, n->at, n->zone) : "";
	v[WITH_back] = n->back ? phrase_clock(a, n->back, n->zone) : "";
	v[WITH_how] = n->how && n->item->resolution ? word(d, how_words[n->item->resolution]) : "";
	if (n->item) {
		v[WITH_name] = name_of(d, n->item);
		v[WITH_number] = number_of(d, n->item);
		if (!*v[WITH_name])
			v[WITH_number] = capital(a, v[WITH_number]);
	}
	return fit(d, cuts, G_N_ELEMENTS(cuts));
}

static const char *say(const struct sms_style *s, const struct answer *n)
{
	return write_text(s, write_answer, n);
}

const char *sms_yours(const struct sms_style *s, const struct item *i, int code, const char *zone, int64_t back_at)
{
	return say(s, &(struct answer){ .id = TEXT_yours, .item = i, .code = code, .at = i->acked, .back = back_at,
					.zone = zone });
}

const char *sms_taken(const struct sms_style *s, int code, const char *by, int64_t at, const char *zone)
{
	return say(s, &(struct answer){ .id = TEXT_taken, .code = code, .person = by ? by : "", .at = at, .zone = zone });
}

const char *sms_closed(const struct sms_style *s, const struct item *i, int code, const char *by, const char *zone)
{
	return say(s, &(struct answer){ .id = by ? TEXT_closed : TEXT_closed_you, .item = i, .code = code, .person = by,
					.at = i->closed, .zone = zone, .how = true });
}

const char *sms_passed_on(const struct sms_style *s, int code, const char *to)
{
	return say(s, &(struct answer){ .id = to ? TEXT_passed_on : TEXT_nobody_left, .code = code, .person = to });
}

const char *sms_plain(const struct sms_style *s, enum text_id id, int code)
{
	return say(s, &(struct answer){ .id = id, .code = code });
}

const char *sms_tried(const struct sms_style *s, int code, int64_t retry_at, const char *zone)
{
	return say(s, &(struct answer){ .id = TEXT_tried, .code = code, .at = retry_at, .zone = zone });
}

const char *sms_snoozed(const struct sms_style *s, int code, bool mine, int64_t until, const char *zone)
{
	return say(s, &(struct answer){ .id = mine ? TEXT_snoozed_you : TEXT_snoozed, .code = code, .at = until,
					.zone = zone });
}

const char *sms_test(const struct sms_style *s, const struct person *p)
{
	return say(s, &(struct answer){ .id = TEXT_test, .person = p->name });
}

static const char *codes_text(struct arena *a, const int *codes, gsize n)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (gsize i = 0; i < MIN(n, CODES_SHOWN); i++)
		g_string_append_printf(list, "%s%d", i ? " " : "", codes[i]);
	return arena_printf(a, "%s%s", list->str, n > CODES_SHOWN ? " .." : "");
}

const char *sms_which(const struct sms_style *s, const int *codes, gsize n)
{
	if (n == 0)
		return sms_plain(s, TEXT_nothing_open, 0);
	return say(s, &(struct answer){ .id = TEXT_which, .code = codes[0], .codes = codes_text(s->a, codes, n),
					.count = number_text(s->a, (int64_t)n) });
}

const char *sms_all_yours(const struct sms_style *s, const int *codes, gsize n, int64_t at, const char *zone)
{
	struct answer all = {
		.id = n == 1 ? TEXT_all_yours_one : TEXT_all_yours, .code = codes[0], .at = at, .zone = zone,
		.codes = codes_text(s->a, codes, n), .count = number_text(s->a, (int64_t)n)
	};
	const char *text = say(s, &all);

	if (n <= CODES_SHOWN && gsm_is_close(text) && gsm_length(gsm_transliterate(s->a, text)) <= s->septets)
		return text;
	all.id = TEXT_all_yours_many;
	return say(s, &all);
}

struct preview {
	enum text_id id;
	const struct sms_facts *facts;
};

/* Every value that there is. */
static const char *write_preview(struct draft *d, const void *facts)
{
	const struct preview *p = facts;
	const struct item *i = p->facts->item;
	const char *zone = p->facts->line ? p->facts->line->zone : NULL;

	item_values(d, p->facts);
	d->id = p->id;
	d->values[WITH_person] = line_of(d, p->facts->before, 40);
	d->values[WITH_back] = phrase_clock(d->s->a, i->call_time + 3600, zone);
	d->values[WITH_how] = word(d, i->resolution ? how_words[i->resolution] : TEXT_how_called_back);
	d->values[WITH_count] = "3";
	d->values[WITH_codes] = arena_printf(d->s->a, "%d %d %d", p->facts->code, p->facts->code + 1, p->facts->code + 2);
	return fit(d, item_cuts, G_N_ELEMENTS(item_cuts));
}

const char *sms_preview(const struct sms_style *s, enum text_id id, const struct sms_facts *f)
{
	return write_text(s, write_preview, &(struct preview){ id, f });
}

struct list {
	const struct item *const *items;
	const int *codes;
	gsize n;
};

static const char *list_line(struct draft *d, const struct item *i, int code)
{
	d->values[WITH_code] = number_text(d->s->a, code);
	d->values[WITH_number] = number_of(d, i);
	d->values[WITH_times] = times_of(d->s->a, i);
	return arena_printf(d->s->a, "\n%s", compose(d));
}

static const char *list_count(struct draft *d, enum text_id id, gsize n)
{
	d->id = id;
	d->values[WITH_count] = number_text(d->s->a, (int64_t)n);
	return compose(d);
}

static const char *write_list(struct draft *d, const void *facts)
{
	const struct list *l = facts;
	g_autoptr(GString) out = g_string_new(list_count(d, TEXT_list_head, l->n));
	const char *foot, *line, *more;
	int left;

	d->values[WITH_code] = number_text(d->s->a, l->codes[0]);
	d->id = TEXT_list_foot;
	foot = arena_printf(d->s->a, "\n%s", compose(d));
	left = room(d) - length(d, out->str) - length(d, foot);
	for (gsize i = 0; i < l->n; i++) {
		more = arena_printf(d->s->a, "\n%s", list_count(d, TEXT_list_more, l->n - i));
		d->id = TEXT_list_line;
		line = list_line(d, l->items[i], l->codes[i]);
		if (length(d, line) + (i + 1 < l->n ? length(d, more) : 0) > left) {
			g_string_append(out, more);
			break;
		}
		left -= length(d, line);
		g_string_append(out, line);
	}
	return arena_strdup(d->s->a, g_string_append(out, foot)->str);
}

const char *sms_list(const struct sms_style *s, const struct item *const *items, const int *codes, gsize n)
{
	if (n == 0)
		return sms_plain(s, TEXT_nothing_open, 0);
	return write_text(s, write_list, &(struct list){ items, codes, n });
}
