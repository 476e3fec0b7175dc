/* conf_keys.h - the keys of conf.def as a table, and what their values may look like. */
#ifndef RINGBACK_CONF_KEYS_H
#define RINGBACK_CONF_KEYS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum conf_section {
	SECTION_main, SECTION_source, SECTION_person, SECTION_policy, SECTION_step, SECTION_line, SECTION_provider,
	SECTION_schedule, SECTION_rotation, SECTION_rule, SECTION_caller, SECTION_replies, N_SECTIONS
};

enum conf_type {
	TYPE_TEXT, TYPE_NAME, TYPE_HOURS, TYPE_PATH, TYPE_TIME, TYPE_NUMBER, TYPE_SIZE, TYPE_MODE, TYPE_FLAG, TYPE_CHOICE,
	TYPE_PHONE, TYPE_MAIL, TYPE_ZONE, TYPE_REGION,
	TYPE_TEXTS, TYPE_PHONES, TYPE_MAILS, TYPE_NETWORKS, TYPE_SENDERS, TYPE_DOMAINS,	/* lists */
	N_CONF_TYPES
};

#define SETTING(section, type, name, fallback, low, high, help) KEY_##section##_##name,
#define CHOICE(section, name, fallback, words, help) KEY_##section##_##name,
enum conf_key_id {
#include "conf.def"
	N_CONF_KEYS
};
#undef SETTING
#undef CHOICE

struct conf_key {
	enum conf_section section;
	enum conf_type type;
	const char *name;
	const char *fallback;	/* as in a file; "": none; NULL: must be given */
	int64_t low, high;
	const char *words;	/* CHOICE */
	const char *help;
};

extern const struct conf_key conf_keys[N_CONF_KEYS];

const char *conf_section_name(enum conf_section s);	/* "person"; main is "" */
bool conf_type_is_list(enum conf_type t);

/* Is text a value for the key? Gives its canonical form (for the caller to free) and its number, if it has one; else
 * NULL and in *wrong_r what is wrong and what would be right. Which things there are (names, zones' hours) is not
 * looked at. */
char *conf_key_read(const struct conf_key *k, const char *text, int64_t *number_r, char **wrong_r);

/* "10s to 10m", "1 to 64 characters", "swallow, audit or pass". Free with g_free(). */
char *conf_key_range(const struct conf_key *k);

/* Of the words, the one most like text; NULL if none is. */
const char *conf_nearest(const char *text, const char *const *words, gsize n);

#endif
