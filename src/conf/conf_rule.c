/* Rules: what is done with which calls. */
#include <string.h>

#include "conf_names.h"
#include "conf_value.h"
#include "err.h"
#include "helpdesk.h"
#include "rule.h"

#define RULES_MAX 10000
#define VALUES_MAX 1000		/* of one key */
#define MARGIN 1		/* of a pattern: its / at either end */

/* One rule in the making. */
struct making {
	struct names *n;
	const struct conf_block *b;
	struct rule *rule;
};

/* The members of a list, at most VALUES_MAX: reads each, and says no where it is wrong (and told). */
static void each_member(struct making *k, enum conf_key_id key, void (*read)(struct making *, const char *text, int line))
{
	const guint size = conf_size(k->b, key);

	for (guint i = 0; i < size && i < VALUES_MAX; i++) {
		int line;
		const char *text = conf_member(k->b, key, i, &line);

		read(k, text, line);
	}
	if (size > VALUES_MAX)
		conf_wrong(k->n->errors, conf_line(k->b, key), "%s: %u of them; write at most %d, or another rule for the rest",
			   conf_keys[key].name, size, VALUES_MAX);
}

/* ---- conditions ---- */

static void read_line(struct making *k, const char *text, int line)
{
	struct rule *r = k->rule;
	const struct line *found = names_find(k->n, k->n->lines, "line", k->b, KEY_rule_lines, text);

	(void)line;
	if (!found)
		return;
	r->lines = g_renew(const struct line *, r->lines, r->n_lines + 1);
	r->lines[r->n_lines++] = found;
}

static void read_class(struct making *k, const char *text, int line)
{
	enum call_class class;

	if (class_from_name(text, &class) && class != CLASS_NONE && class != CLASS_SYSTEM)
		k->rule->classes |= 1u << class;
	else
		conf_wrong(k->n->errors, line, "classes: \"%s\" is no class of calls; write missed, voicemail or abandoned", text);
}

static void read_reason(struct making *k, const char *text, int line)
{
	enum call_reason reason;

	if (reason_from_name(text, &reason))
		k->rule->reasons |= 1u << reason;
	else
		conf_wrong(k->n->errors, line, "reasons: \"%s\" is no reason; write no_answer, busy, not_reachable, rejected, "
			   "abandoned, answered_elsewhere or unknown", text);
}

static void append(char ***list, char *text)
{
	const guint n = *list ? g_strv_length(*list) : 0;

	*list = g_renew(char *, *list, n + 2);
	(*list)[n] = text;
	(*list)[n + 1] = NULL;
}

static void read_group(struct making *k, const char *name, int line)
{
	g_autofree char *lower = g_utf8_strdown(name, -1);

	if (directory_has_group(k->n->c->roster->directory, g_strstrip(lower)))
		append(&k->rule->groups, g_steal_pointer(&lower));
	else
		conf_wrong(k->n->errors, line, "callers: there is no group \"%s\" in the directory; give it to one of its callers",
			   name);
}

/* "+44*": a + and 1 to 14 digits before the star. */
static bool is_prefix(const char *text)
{
	const gsize n = strlen(text), digits = strspn(text + 1, "0123456789");

	return *text == '+' && digits >= 1 && digits <= 14 && digits + 2 == n && text[n - 1] == '*';
}

static void read_caller(struct making *k, const char *text, int line)
{
	char *number = conf_value_phone(text);

	if (number)
		append(&k->rule->numbers, number);
	else if (strcmp(text, "withheld") == 0)
		k->rule->withheld = true;
	else if (g_str_has_prefix(text, "group:"))
		read_group(k, text + strlen("group:"), line);
	else if (is_prefix(text))
		append(&k->rule->prefixes, g_strndup(text, strlen(text) - 1));
	else
		conf_wrong(k->n->errors, line, "callers: \"%s\" is no caller; write a number like \"+447700900123\", the beginning "
			   "of numbers like \"+44*\", group: and a group of the directory, or withheld", text);
}

static void read_pattern(struct making *k, const char *text, int line)
{
	g_autofree char *inner = g_strndup(text + MARGIN, strlen(text) - 2 * MARGIN);
	g_autofree char *regex = g_strconcat("(?i)", inner, NULL);
	g_autoptr(GError) err = NULL;
	struct pattern *p = pattern_new(regex, &err);

	if (!p) {
		conf_wrong(k->n->errors, line, "words: %s", err->message);
		return;
	}
	if (!k->rule->patterns)
		k->rule->patterns = g_ptr_array_new_with_free_func((GDestroyNotify)pattern_free);
	g_ptr_array_add(k->rule->patterns, p);
	append(&k->rule->regexes, g_steal_pointer(&regex));
}

static void read_word(struct making *k, const char *text, int line)
{
	char *words;

	if (strlen(text) > 2 * MARGIN && *text == '/' && g_str_has_suffix(text, "/")) {
		read_pattern(k, text, line);
		return;
	}
	words = rule_words(text);
	if (words)
		append(&k->rule->words, words);
	else
		conf_wrong(k->n->errors, line, "words: \"%s\" has no letter or digit; write a word, or a pattern like "
			   "\"/gas|smell/\"", text);
}

static void read_time(struct making *k)
{
	const char *text = conf_text(k->b, KEY_rule_hours), *own = conf_text(k->b, KEY_rule_timezone);
	const char *zone = *own ? own : *k->n->c->timezone ? k->n->c->timezone : "UTC";
	struct rule *r = k->rule;
	struct holidays *days;

	if (!*text)
		return;
	if (strcmp(text, "open") == 0 || strcmp(text, "closed") == 0) {
		r->time = *text == 'o' ? RULE_OPEN : RULE_CLOSED;
		return;
	}
	days = names_holidays(k->n, k->n->main, KEY_main_holidays);
	r->hours = names_hours(k->n, k->b, KEY_rule_hours, zone, days);
	r->time = r->hours ? RULE_HOURS : RULE_ANY_TIME;
	holidays_unref(days);
}

/* ---- what follows ---- */

static void read_channel(struct making *k, const char *text, int line)
{
	if (strcmp(text, "mail") == 0)
		k->rule->channels |= CHANNEL_MAIL;
	else if (strcmp(text, "text") == 0)
		k->rule->channels |= CHANNEL_TEXT;
	else
		conf_wrong(k->n->errors, line, "channels: \"%s\" is no channel; write mail or text", text);
}

static void read_channels(struct making *k)
{
	if (conf_size(k->b, KEY_rule_channels) == 0)
		return;
	k->rule->channels = 0;
	each_member(k, KEY_rule_channels, read_channel);
	if (k->rule->policy && !(k->rule->channels & CHANNEL_TEXT))
		conf_wrong(k->n->errors, conf_line(k->b, KEY_rule_channels), "rule %s: policy = %s texts people, but channels has "
			   "no text; drop one", k->rule->id, k->rule->policy->id);
}

static void add_header(struct making *k, const char *name, struct template *value)
{
	struct rule *r = k->rule;

	r->headers = g_renew(struct rule_header, r->headers, r->n_headers + 1);
	r->headers[r->n_headers++] = (struct rule_header){ g_strdup(name), value };
}

/* "X-Team: {line}" */
static void read_header(struct making *k, const char *text, int line)
{
	const char *colon = strchr(text, ':'), *value = colon ? colon + 1 + strspn(colon + 1, " ") : "";
	g_autofree char *name = colon ? g_strndup(text, (gsize)(colon - text)) : NULL;
	g_autoptr(GError) err = NULL;
	struct template *t;

	if (!name || !helpdesk_may_add(name) || !*value || strpbrk(value, "\r\n")) {
		conf_wrong(k->n->errors, line, "headers: \"%s\" is no header field that may be added; write one line like "
			   "\"X-Team: {line}\"", text);
		return;
	}
	t = template_new(value, helpdesk_values, "", line, &err);
	if (t)
		add_header(k, name, t);
	else			/* ":3: what is wrong" */
		conf_wrong(k->n->errors, line, "headers: %s", strchr(err->message + 1, ':') + 2);
}

static void read_helpdesk(struct making *k)
{
	k->rule->helpdesk_given = conf_given(k->b, KEY_rule_helpdesk);
	k->rule->helpdesk = (enum helpdesk)conf_number(k->b, KEY_rule_helpdesk);
	k->rule->helpdesk_queue = names_dup(k->b, KEY_rule_helpdesk_queue);
	each_member(k, KEY_rule_headers, read_header);
}

static void read_effects(struct making *k)
{
	struct rule *r = k->rule;
	struct names *n = k->n;

	if (*conf_text(k->b, KEY_rule_owner))
		names_find_owner(n, k->b, KEY_rule_owner, &r->owner);
	r->policy = names_find(n, n->policies, "policy", k->b, KEY_rule_policy, conf_text(k->b, KEY_rule_policy));
	r->urgency_given = conf_given(k->b, KEY_rule_urgency);
	r->urgency = (enum urgency)conf_number(k->b, KEY_rule_urgency);
	r->mute = conf_number(k->b, KEY_rule_mute) != 0;
	r->spam = conf_number(k->b, KEY_rule_spam) != 0;
	if (r->mute && r->spam)
		conf_wrong(n->errors, conf_line(k->b, KEY_rule_mute), "rule %s: mute and spam; keep one", r->id);
	read_channels(k);
	read_helpdesk(k);
}

static void read_review(struct making *k)
{
	const char *text = conf_text(k->b, KEY_rule_reviewed);

	if (*text && !conf_value_day(text, &k->rule->reviewed))
		conf_wrong(k->n->errors, conf_line(k->b, KEY_rule_reviewed), "reviewed = \"%s\" is no day; write one like "
			   "2026-03-02", text);
}

/* ---- */

static void add_rule(struct names *n, const struct conf_block *b)
{
	struct making k = { .n = n, .b = b, .rule = rule_new(b->title) };

	k.rule->place = conf_errors_place(n->errors, b->line);
	names_take_title(n, n->rules, b, k.rule);
	if (strcmp(b->title, RULE_DEFAULT) == 0)
		conf_wrong(n->errors, b->line, "rule %s is the one behind all others; give yours another name", RULE_DEFAULT);
	k.rule->comment = names_dup(b, KEY_rule_comment);
	read_review(&k);
	each_member(&k, KEY_rule_lines, read_line);
	each_member(&k, KEY_rule_classes, read_class);
	each_member(&k, KEY_rule_reasons, read_reason);
	each_member(&k, KEY_rule_callers, read_caller);
	each_member(&k, KEY_rule_words, read_word);
	read_time(&k);
	read_effects(&k);
	rule_book_add(n->c->roster->book, k.rule);
}

void conf_build_rules(struct names *n, const struct conf_file *f)
{
	guint count = 0;

	for (guint i = 0; i < f->blocks->len; i++) {
		const struct conf_block *b = f->blocks->pdata[i];

		if (b->section != SECTION_rule)
			continue;
		if (count++ == RULES_MAX)
			conf_wrong(n->errors, b->line, "more than %d rules; put those of one kind together", RULES_MAX);
		if (count <= RULES_MAX)
			add_rule(n, b);
	}
}
