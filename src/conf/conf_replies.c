/* What people may answer to texts, in other languages. */
#include <string.h>

#include "conf_names.h"

#define PHRASES_MAX 500

static const struct {
	enum conf_key_id key;
	enum verb verb;
} keys[] = {
	{ KEY_replies_ack, VERB_ACK }, { KEY_replies_done, VERB_DONE }, { KEY_replies_tried, VERB_TRIED },
	{ KEY_replies_next, VERB_NEXT }, { KEY_replies_snooze, VERB_SNOOZE },
	{ KEY_replies_no_callback, VERB_NO_CALLBACK }, { KEY_replies_list, VERB_LIST },
	{ KEY_replies_all_mine, VERB_ALL_MINE }, { KEY_replies_help, VERB_HELP }, { KEY_replies_stop, VERB_STOP },
	{ KEY_replies_start, VERB_START }, { KEY_replies_polite, VERB_NONE },
};

/* Does it mean something else already, in English or in a language before? */
static bool means_another(const struct roster *r, const char *phrase, enum verb verb)
{
	const enum verb english = reply_phrase_verb(phrase);

	if (english != VERB_NONE)
		return english != verb;
	for (guint i = 0; i < r->phrases->len; i++) {
		const struct reply_phrase *p = &g_array_index(r->phrases, struct reply_phrase, i);

		if (strcmp(p->phrase, phrase) == 0)
			return p->verb != verb;
	}
	return false;
}

static void add_phrase(struct names *n, const char *text, const char *key, enum verb verb, int line)
{
	struct roster *r = n->c->roster;
	g_autofree char *phrase = reply_phrase(text);

	if (!phrase)
		conf_wrong(n->errors, line, "%s: \"%s\" is no phrase; write letters and blanks, 8 words at most", key, text);
	else if (means_another(r, phrase, verb))
		conf_wrong(n->errors, line, "%s: \"%s\" means something else already; keep one", key, text);
	else if (r->phrases->len >= PHRASES_MAX)
		conf_wrong(n->errors, line, "%s: more than %d phrases; keep those that people use", key, PHRASES_MAX);
	else
		roster_add_phrase(r, (struct reply_phrase){ g_steal_pointer(&phrase), verb });
}

void conf_build_replies(struct names *n, const struct conf_file *f)
{
	for (guint i = 0; i < f->blocks->len; i++) {
		const struct conf_block *b = f->blocks->pdata[i];

		if (b->section != SECTION_replies)
			continue;
		for (gsize k = 0; k < G_N_ELEMENTS(keys); k++)
			for (guint m = 0; m < conf_size(b, keys[k].key); m++) {
				int line;
				const char *text = conf_member(b, keys[k].key, m, &line);

				add_phrase(n, text, conf_keys[keys[k].key].name, keys[k].verb, line);
			}
	}
}
