/* Response rules: reminders, what follows when a callback is overdue, who manages a line. */
#include <string.h>

#include "conf_names.h"

/* The keys of both sections, in one order. */
static const struct keys {
	enum conf_key_id remind, overdue, overdue_after, manager, manager_after, stale_after;
} main_keys = {
	KEY_main_remind, KEY_main_overdue, KEY_main_overdue_after, KEY_main_manager, KEY_main_manager_after,
	KEY_main_stale_after
}, line_keys = {
	KEY_line_remind, KEY_line_overdue, KEY_line_overdue_after, KEY_line_manager, KEY_line_manager_after,
	KEY_line_stale_after
};

static void own_time(const struct conf_block *b, enum conf_key_id key, int64_t *s_r)
{
	if (conf_given(b, key))
		*s_r = conf_number(b, key);
}

static void fill(struct names *n, const struct conf_block *b, const struct keys *k, struct response *r)
{
	own_time(b, k->remind, &r->remind_s);
	own_time(b, k->overdue_after, &r->overdue_after_s);
	own_time(b, k->manager_after, &r->manager_after_s);
	own_time(b, k->stale_after, &r->stale_after_s);
	if (conf_given(b, k->overdue))
		r->overdue = names_find(n, n->policies, "policy", b, k->overdue, conf_text(b, k->overdue));
	if (conf_given(b, k->manager))
		r->manager = names_find(n, n->people, "person", b, k->manager, conf_text(b, k->manager));
}

/* "08:00" as minutes; -1: no such time. */
static int read_morning(const char *text)
{
	const bool looks = strlen(text) == 5 && text[2] == ':' && g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) &&
			   g_ascii_isdigit(text[3]) && g_ascii_isdigit(text[4]);
	const int hour = looks ? 10 * (text[0] - '0') + text[1] - '0' : 24;
	const int minute = looks ? 10 * (text[3] - '0') + text[4] - '0' : 60;

	return hour < 24 && minute < 60 ? 60 * hour + minute : -1;
}

void conf_build_response(struct names *n)
{
	const char *morning = conf_text(n->main, KEY_main_morning);

	n->response = (struct response){
		.remind_s = conf_number(n->main, KEY_main_remind),
		.overdue_after_s = conf_number(n->main, KEY_main_overdue_after),
		.manager_after_s = conf_number(n->main, KEY_main_manager_after),
		.stale_after_s = conf_number(n->main, KEY_main_stale_after),
	};
	fill(n, n->main, &main_keys, &n->response);
	n->c->morning_min = read_morning(morning);
	if (*morning && n->c->morning_min < 0)	/* empty: what was written is told already */
		conf_wrong(n->errors, conf_line(n->main, KEY_main_morning), "morning = \"%s\" is no time of the day; "
			   "write one like 08:00", morning);
}

void conf_line_response(struct names *n, struct line *l, const struct conf_block *b)
{
	l->response = n->response;
	fill(n, b, &line_keys, &l->response);
}
