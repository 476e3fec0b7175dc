/* conf_names.h - the names of a configuration while it is put together. For conf_roster.c and conf_schedule.c. */
#ifndef RINGBACK_CONF_NAMES_H
#define RINGBACK_CONF_NAMES_H

#include "conf.h"
#include "conf_file.h"

struct names {
	struct conf *c;
	const struct conf_block *main;
	const struct conf *before;	/* the snapshot in force; NULL: none */
	struct conf_errors *errors;
	GHashTable *people, *policies, *schedules, *lines, *rules;	/* title -> struct named * */
	GHashTable *phones, *keys;		/* number; extension, queue, ... -> struct named * */
};

/* Notes the section's title; an error if it is no name, or taken. */
void names_take_title(struct names *n, GHashTable *table, const struct conf_block *b, void *object);

/* The thing of that name; NULL if text is empty or (an error at the key) nothing has it. */
void *names_find(struct names *n, GHashTable *table, const char *kind, const struct conf_block *b, enum conf_key_id key,
		 const char *text);

/* "anna", or "schedule:clinic-oncall": one of the two, or none and an error. */
void names_find_duty(struct names *n, const struct conf_block *b, enum conf_key_id key, const struct person **person_r,
		     const struct schedule **schedule_r);

/* Opening hours as written at a key, with the holidays of the file (NULL: none are configured); NULL, and told, if wrong. */
struct hours *names_hours(struct names *n, const struct conf_block *b, enum conf_key_id key, const char *zone,
			  struct holidays *days);

/* The holidays of a key that names a file, for the caller to unref; NULL if it names none. */
struct holidays *names_holidays(struct names *n, const struct conf_block *b, enum conf_key_id key);

/* conf_rule.c: the rules. All else is known. */
void conf_build_rules(struct names *n, const struct conf_file *f);

/* conf_schedule.c: the schedules with their rotations and calendars, and when people are away. People are known. */
void conf_build_schedules(struct names *n, const struct conf_file *f);
void conf_build_absences(struct names *n, const struct conf_file *f);

#endif
