#include "draft_private.h"

#include <string.h>

#include "dates.h"
#include "notice_text.h"
#include "text.h"

#define LABEL_STEPS 14		/* tokens before a value that may belong to its pattern */
#define ANYTHING "[^\\n]{0,100}?"
#define NO_NUMBER "(?![+(\\d][\\d +().\\/-]{4})"
#define NUMBER DRAFT_NUMBER_BEGIN "\\d" DRAFT_NUMBER_NEXT "*"

/* ---- pieces ---- */

const char *draft_escape(const struct draft *d, const char *s, gsize size)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *p = s; p < s + size; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isalnum(c) || (c > 0xa0 && g_unichar_isgraph(c)) ||
		    (c < 0x80 && strchr("_ ,:;<>=!\"'@%&~`", (int)c)))
			g_string_append_unichar(out, c);
		else if (c < 0x80 && g_ascii_isgraph((char)c))
			g_string_append_printf(out, "\\%c", (char)c);
		else
			g_string_append_printf(out, "\\x{%X}", c);
	}
	return arena_strdup(d->arena, out->str);
}

static bool has_wide_blank(const struct draft_place *p, guint i)
{
	gsize from = p->tokens[i - 1].from + p->tokens[i - 1].size;

	for (; from < p->tokens[i].from; from++)
		if ((unsigned char)p->text[from] >= 0x80)
			return true;
	return false;
}

/* What may stand between tokens i - 1 and i: words of a sentence may be wrapped anew. */
static const char *gap(const struct draft_place *p, guint i)
{
	const struct draft_token *before = &p->tokens[i - 1], *t = &p->tokens[i];

	if (!t->spaced && !t->first)
		return "";
	if (has_wide_blank(p, i))
		return "[\\s\\h]*";
	if (p->where == WHERE_SUBJECT)
		return " +";
	if (t->first)
		return "\\s+";
	return before->type == DRAFT_MARK || t->type == DRAFT_MARK ? "\\h*" : "\\s+";
}

static const char *token_pattern(const struct draft *d, const struct draft_place *p, guint i)
{
	return draft_escape(d, p->text + p->tokens[i].from, p->tokens[i].size);
}

const char *draft_words_pattern(const struct draft *d, const struct draft_place *p, guint from, guint to)
{
	g_autoptr(GString) s = g_string_new(NULL);
	bool filled = false;

	for (guint i = from; i < to; i++) {
		bool fixed = draft_token_fixed(&p->tokens[i]);

		if (i > from && !(filled && !fixed))
			g_string_append(s, gap(p, i));
		if (fixed || !filled)
			g_string_append(s, fixed ? token_pattern(d, p, i) : ANYTHING);
		filled = !fixed;
	}
	return arena_strdup(d->arena, s->str);
}

static bool starts_word(const struct draft_place *p, guint i)
{
	return p->tokens[i].type == DRAFT_WORD && g_ascii_isalnum(p->text[p->tokens[i].from]);
}

/* The first of the tokens before i that belong to its label, with so many words; *words_r: how many there were. */
static guint label_start(const struct draft_place *p, guint i, guint want, guint *words_r)
{
	guint words = 0, lines = 0, steps = 0;

	for (; i > 0 && words < want && steps < LABEL_STEPS; i--, steps++) {
		const struct draft_token *t = &p->tokens[i - 1];

		if (p->tokens[i].first && (words > 0 || lines++ > 0))
			break;
		if (!draft_token_fixed(t) && words > 0)
			break;
		words += draft_token_fixed(t) && t->type == DRAFT_WORD;
	}
	*words_r = words;
	return i;
}

/* The constant words before token i; *words_r says how many: with none it is what stands right before. */
static const char *left_of(const struct draft *d, const struct draft_place *p, guint i, guint want, guint *words_r)
{
	guint from = label_start(p, i, want, words_r);
	bool whole;

	if (*words_r == 0)
		for (from = i; from > 0 && !p->tokens[from].first && draft_token_fixed(&p->tokens[from - 1]);)
			from--;
	whole = from == 0 || (from < p->n && p->tokens[from].first);
	return arena_printf(d->arena, "%s%s%s",
			    whole			     ? p->where == WHERE_SUBJECT ? "^" : "^\\h*" :
			    from < i && starts_word(p, from) ? "\\b" :
							       "",
			    draft_words_pattern(d, p, from, i), from < i && i < p->n ? gap(p, i) : "");
}

/* "at" in "Jane Doe at 02079460143", which samples without a name do not have. */
static bool joins(const struct draft_place *p, guint i)
{
	return p->tokens[i].type == DRAFT_WORD && p->tokens[i].field < 0 && i + 1 < p->n && p->tokens[i + 1].field >= 0;
}

/* What ends a value; NULL if nothing does that all samples have. */
static const char *right_of(const struct draft *d, const struct draft_place *p, guint i)
{
	if (i >= p->n || p->tokens[i].first)
		return "\\h*$";
	if (p->tokens[i].type == DRAFT_TIME)
		return arena_printf(d->arena, "%s%s", gap(p, i), p->tokens[i].shape);
	if (p->tokens[i].type >= DRAFT_LENGTH)
		return arena_printf(d->arena, "%s[+(\\d]", gap(p, i));
	if (!draft_token_fixed(&p->tokens[i]) && !joins(p, i))
		return NULL;
	/* A comma alone may be in the value too. */
	if (p->tokens[i].type == DRAFT_MARK && i + 1 < p->n && !p->tokens[i + 1].first &&
	    p->tokens[i + 1].type == DRAFT_WORD && draft_token_fixed(&p->tokens[i + 1]))
		return arena_printf(d->arena, "%s%s", gap(p, i), draft_words_pattern(d, p, i, i + 2));
	return arena_printf(d->arena, "%s%s", gap(p, i), token_pattern(d, p, i));
}

/* ---- values ---- */

static const char *name_value(const struct draft *d, const struct draft_place *p, const struct draft_find *f)
{
	const char *right = right_of(d, p, f->to);

	if (f->from > 0 && draft_is_mark(p, f->from - 1, '"') && draft_is_mark(p, f->to, '"'))
		return "(?<caller_name>(?:[^\"\\\\\\n]|\\\\.){1,100})\"";
	if (!right)
		return NULL;
	if (f->to + 1 < p->n && draft_is_mark(p, f->to, '(') && p->tokens[f->to + 1].field == FIELD_CALLER)
		return arena_printf(d->arena, "(?<caller_name>[^()\\n]{1,100}?)%s\\+?[\\d ().\\/-]{4}", right);
	if (draft_is_mark(p, f->to, '<'))
		return arena_printf(d->arena, "(?<caller_name>[^<>\\n]{1,100}?)%s", right);
	return arena_printf(d->arena, "(?<caller_name>" NO_NUMBER "[^\\n]{1,100}?)%s", right);
}

static const char *transcript_value(const struct draft *d, const struct draft_place *p, const struct draft_find *f)
{
	guint end = f->to;

	while (end < p->n && end < f->to + 4 && draft_token_fixed(&p->tokens[end]) &&
	       (end == f->to || !p->tokens[end].first))
		end++;
	if (f->to >= p->n || end == f->to)
		return "(?<transcript>[\\s\\S]+)";
	return arena_printf(d->arena, "(?<transcript>[\\s\\S]+?)(?:\\s*^\\h*%s|\\z)",
			    draft_words_pattern(d, p, f->to, end));
}

static const char *length_value(const struct draft_place *p, guint i)
{
	if (p->tokens[i].type == DRAFT_DIGITS)
		return "(?<duration>\\d{1,5})";
	if (memchr(p->text + p->tokens[i].from, ':', p->tokens[i].size))
		return "(?<duration>\\d{1,3}:\\d\\d(?::\\d\\d)?)";
	return "(?<duration>\\d{1,5}\\h?\\p{L}+\\.?(?:,?\\h{1,3}(?:\\p{L}{1,3}\\h)?\\d{1,3}\\h?\\p{L}+\\.?){0,2})";
}

static const char *value_of(const struct draft *d, const struct draft_place *p, enum call_field f)
{
	const struct draft_find *found = &p->finds[f];
	guint i = found->from;

	switch (f) {
	case FIELD_CALLER:
		if (i > 0 && draft_is_mark(p, i - 1, '<') && draft_is_mark(p, i + 1, '>'))
			return "(?<caller>[^<>\\n]{1,60})>";
		return i > 0 && draft_is_mark(p, i - 1, '(') && draft_is_mark(p, i + 1, ')') ?
			"(?<caller>" NUMBER ")\\)" : "(?<caller>" NUMBER ")(?![\\d:])";
	case FIELD_CALLED:
		return p->tokens[i].type == DRAFT_NUMBER ? "(?<called>" NUMBER ")" :
							   "(?<called>[\\w*#@.+-]{0,60}\\w)";
	case FIELD_TIME: return arena_printf(d->arena, "(?<time>%s)", p->tokens[i].shape);
	case FIELD_DURATION: return length_value(p, i);
	case FIELD_CALLER_NAME: return name_value(d, p, found);
	case FIELD_TRANSCRIPT: return transcript_value(d, p, found);
	case FIELD_CALL_ID: return "(?<call_id>[\\w.-]{8,60})";
	case FIELD_CALLED_NAME: case FIELD_TRANSCRIPT_LANG: case FIELD_TRANSCRIPT_ENGINE:
	case FIELD_TRANSCRIPT_CONFIDENCE: case FIELD_REASON: case FIELD_WAITED: case N_FIELDS: break;
	}
	return NULL;
}

/* ---- does it find what it should? ---- */

/* -1: nothing; 0: something else; 1: what was recognised there. */
static int finds_again(const struct draft *d, const struct pattern *pattern, const struct draft_place *p,
		       enum call_field f)
{
	const struct draft_find *found = &p->finds[f];
	const char *start, *got, *want;
	gsize size;

	if (!pattern_holds(pattern, d->scratch, p->text, 16 * 1024) ||
	    !pattern_group(pattern, d->scratch, 0, &start, &size))
		return -1;
	if (!found->to)
		return 0;
	got = notice_line(d->arena, arena_strndup(d->arena, start, size));
	want = notice_line(d->arena, draft_text(d, p, found->from, found->to));
	if (f == FIELD_DURATION)
		return dates_duration(got) == dates_duration(want);
	return strcmp(got, want) == 0;
}

static bool fits_samples(const struct draft *d, const char *text, guint own, guint place, enum call_field f,
			 bool strict)
{
	struct pattern *pattern = pattern_new(text, NULL);
	bool good = pattern && finds_again(d, pattern, &d->mails[own].places[place], f) == 1;

	for (guint i = 0; i < d->n && good && strict; i++)
		good = finds_again(d, pattern, &d->mails[i].places[place], f) != 0;
	pattern_free(pattern);
	return good;
}

/* The shortest label with which the value is found again; NULL: none. */
static const char *fit(const struct draft *d, guint own, guint place, enum call_field f)
{
	static const guint wants[] = { 2, 3, 5, 1 };
	const struct draft_place *p = &d->mails[own].places[place];
	const char *value = value_of(d, p, f);

	for (int strict = 1; strict >= 0 && value; strict--) {
		for (gsize i = 0; i < G_N_ELEMENTS(wants); i++) {
			guint words;
			const char *left = left_of(d, p, p->finds[f].from, wants[i], &words);
			const char *text = arena_printf(d->arena, "%s%s", left, value);

			if (fits_samples(d, text, own, place, f, strict))
				return text;
		}
	}
	return NULL;
}

/* ---- the list ---- */

static bool same_rule(const struct profile_pattern *r, enum profile_where where, const char *header,
		      const char *pattern)
{
	return r->where == where && g_strcmp0(r->header, header) == 0 && strcmp(r->pattern, pattern) == 0;
}

/* Is there one that finds all that this would, since it asks for less after the same beginning? */
static bool covered(const GArray *rules, enum profile_where where, const char *pattern)
{
	for (guint i = 0; i < rules->len; i++) {
		const struct profile_pattern *r = &g_array_index(rules, struct profile_pattern, i);

		if (r->where == where && !r->header && g_str_has_prefix(pattern, r->pattern))
			return true;
	}
	return false;
}

/* note: for which value of which sample; added to what there is where another sample gave the same rule. */
static void add_rule(struct draft *d, enum profile_where where, const char *header, const char *pattern,
		     const char *field, const char *note)
{
	struct profile_pattern r = { .where = where };
	GArray *rules = d->def->extract;
	struct pattern *compiled;

	for (guint i = 0; i < rules->len; i++)
		if (same_rule(&g_array_index(rules, struct profile_pattern, i), where, header, pattern)) {
			const char *old = d->notes->pdata[i];

			if (!strstr(old, note) && strlen(old) < 90)
				d->notes->pdata[i] = arena_printf(d->arena, "%s; %s", old, note);
			return;
		}
	if (covered(rules, where, pattern))
		return;
	compiled = rules->len < DRAFT_RULES_MAX ? pattern_new(pattern, NULL) : NULL;
	if (!compiled)
		return;
	pattern_free(compiled);
	r.header = g_strdup(header);
	r.pattern = g_strdup(pattern);
	g_array_append_val(rules, r);
	g_ptr_array_add(d->notes, arena_printf(d->arena, "%s: %s", field, note));
}

static const char *note(const struct draft *d, guint mail, const char *value)
{
	return arena_printf(d->arena, "%s [%u]", text_line(d->arena, value, 50), mail + 1);
}

static void place_rules(struct draft *d, guint place, enum call_field f)
{
	for (guint i = 0; i < d->n; i++) {
		const struct draft_place *p = &d->mails[i].places[place];
		const char *value = p->finds[f].to ? draft_text(d, p, p->finds[f].from, p->finds[f].to) : NULL;
		const char *text = value ? fit(d, i, place, f) : NULL;

		if (text)
			add_rule(d, p->where, NULL, text, call_field_name(f), note(d, i, value));
		else if (value)
			draft_doubt(d, arena_printf(d->arena, "%s %s: no words around it tell where it stands; "
				"write a pattern by hand", call_field_name(f), note(d, i, value)));
	}
}

/* ---- headers and file names ---- */

static bool header_field(const char *name, const char *value, enum call_field *f_r)
{
	static const struct { const char *part; enum call_field field; } parts[] = {
		{ "name", FIELD_CALLER_NAME }, { "callid", FIELD_CALL_ID }, { "call-id", FIELD_CALL_ID },
		{ "uniqueid", FIELD_CALL_ID }, { "caller", FIELD_CALLER }, { "cid-num", FIELD_CALLER },
		{ "duration", FIELD_DURATION }, { "mailbox", FIELD_CALLED }, { "extension", FIELD_CALLED },
	};
	g_autofree char *small = g_ascii_strdown(name, -1);
	bool caller = strstr(small, "caller") || strstr(small, "cid");

	if (!g_str_has_prefix(small, "x-") || small[strspn(small, "abcdefghijklmnopqrstuvwxyz0123456789-")] ||
	    !*value || strlen(name) > 60)
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
		if (strstr(small, parts[i].part)) {
			*f_r = parts[i].field;
			return *f_r == FIELD_CALLER_NAME ? caller :
			       *f_r != FIELD_CALLER || !notice_has_letter(value);
		}
	return false;
}

static void header_rules(struct draft *d)
{
	for (guint i = 0; i < d->n; i++) {
		const struct letter *l = d->mails[i].letter;

		for (gsize k = 0; k < l->n_headers; k++) {
			const struct letter_header *h = &l->headers[k];
			enum call_field f;

			if (header_field(h->name, h->value, &f))
				add_rule(d, WHERE_HEADER, h->name,
					 arena_printf(d->arena, "(?<%s>.+)", call_field_name(f)),
					 call_field_name(f), note(d, i, h->value));
		}
	}
}

static void filename_rules(struct draft *d)
{
	static const char uuid[] = "(?<call_id>[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})";
	struct pattern *pattern = pattern_new(uuid, NULL);

	for (guint i = 0; i < d->n; i++) {
		const struct letter_part *audio = letter_audio(d->mails[i].letter);

		if (audio && audio->filename && pattern_holds(pattern, d->scratch, audio->filename, 2048))
			add_rule(d, WHERE_FILENAME, NULL, uuid, "call_id", note(d, i, audio->filename));
	}
	pattern_free(pattern);
}

/* ---- what no sample shows ---- */

/* Does the number stand right behind the name, with nothing but marks between? */
static bool beside(const struct draft_place *p, const struct draft_find *name, const struct draft_find *number)
{
	if (!name->to || !number->to || number->from < name->to)
		return false;
	for (guint i = name->to; i < number->from; i++)
		if (p->tokens[i].type != DRAFT_MARK || p->tokens[i].first)
			return false;
	return !p->tokens[number->from].first;
}

static bool is_fence(const struct draft_place *p, guint i, const char *marks)
{
	return i < p->n && p->tokens[i].type == DRAFT_MARK && strchr(marks, p->text[p->tokens[i].from]);
}

/* Behind a label that name or number follow, the other may stand alone, or words for "withheld". */
static void other_rules(struct draft *d, struct draft_place *p)
{
	const struct draft_find *name = &p->finds[FIELD_CALLER_NAME], *number = &p->finds[FIELD_CALLER];
	bool both = beside(p, name, number), numeric;
	guint from = both || !number->to ? name->from : number->from, to = number->to ? number->to : name->to,
	      words;
	const char *left, *right;

	if (!to)
		return;
	while (from > 0 && !p->tokens[from].first && is_fence(p, from - 1, "\"<("))
		from--;
	while (to < p->n && !p->tokens[to].first && is_fence(p, to, "\">)"))
		to++;
	/* Where the name has its own place, words here are about the number. */
	numeric = draft_label(p, from).number || (number->to && name->to && !both);
	if (from > 0 && !p->tokens[from].first && !draft_token_fixed(&p->tokens[from - 1]))
		return;		/* what stands before it varies too */
	left = left_of(d, p, from, 2, &words);
	right = right_of(d, p, to);
	if (words == 0 || !right || (!number->to && draft_label(p, from).name))
		return;
	if (!numeric)
		add_rule(d, p->where, NULL, arena_printf(d->arena, "%s(?<caller>" NUMBER ")%s", left, right),
			 "caller", "a number alone, which no sample may show");
	if (number->to)
		add_rule(d, p->where, NULL,
			 arena_printf(d->arena, "%s(?<%s>" NO_NUMBER "[^\\n\"<>]{1,100}?)%s", left,
				      numeric ? "caller" : "caller_name", right),
			 "no number", "words in its place, for withheld ones and for names alone");
}

void draft_rules(struct draft *d)
{
	static const enum call_field fields[] = {
		FIELD_CALLER,	FIELD_CALLER_NAME, FIELD_CALLED,     FIELD_TIME,
		FIELD_DURATION, FIELD_CALL_ID,	   FIELD_TRANSCRIPT,
	};

	header_rules(d);
	filename_rules(d);
	for (guint place = 0; place < N_PLACES; place++)
		for (gsize f = 0; f < G_N_ELEMENTS(fields); f++)
			place_rules(d, place, fields[f]);
	for (guint place = 0; place < N_PLACES; place++)
		for (guint i = 0; i < d->n; i++)
			other_rules(d, &d->mails[i].places[place]);
}
