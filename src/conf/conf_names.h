/* conf_names.h - the names of a configuration while it is put together. For conf_roster.c and conf_schedule.c. */
#ifndef RINGBACK_CONF_NAMES_H
#define RINGBACK_CONF_NAMES_H

#include "conf.h"
#include "conf_file.h"
#include "conf_who.h"
#include "duty.h"

struct names {
	struct conf *c;
	const struct conf_file *file;
	const struct conf_block *main;
	const struct conf *before;	/* the snapshot in force; NULL: none */
	struct conf_errors *errors;
	GHashTable *people, *policies, *schedules, *lines, *rules;	/* title -> struct named * */
	GHashTable *callers;			/* number -> struct named * */
	struct response response;		/* that lines inherit */
	GHashTable *phones, *keys;		/* number; extension, queue, ... -> struct named * */
	struct who *who;			/* made when the first calendar asks */
	GHashTable *hours;			/* zone and text -> struct hours *, which lines share */
};

/* each(n, b) for all sections of a kind: those of the file, then the rows of its CSV file. A row is there during the call
 * alone. values: its values that are wrong are told; in the first of several passes. */
void names_each(struct names *n, enum conf_section section, bool values,
		void (*each)(struct names *n, const struct conf_block *b));

/* Notes the section's title; an error if it is no name, or taken. */
void names_take_title(struct names *n, GHashTable *table, const struct conf_block *b, void *object);

/* The same of another name of it: a number, say. False if another has it: *before_r says which, "person anna at line 3", for
 * the caller to free. */
bool names_take(struct names *n, GHashTable *table, const char *name, const struct conf_block *b, int line, void *object,
		char **before_r);

/* How many texts in which time a key allows: "5 per 15m". */
struct pace names_pace(struct names *n, const struct conf_block *b, enum conf_key_id key);

/* What people read: the text at the key, else the title; for the caller to free. */
char *names_name(const struct conf_block *b, enum conf_key_id key);

/* The thing of that name; NULL if text is empty or (an error at the key) nothing has it. */
void *names_find(struct names *n, GHashTable *table, const char *kind, const struct conf_block *b, enum conf_key_id key,
		 const char *text);

/* "anna", or "schedule:clinic-oncall": one of the two, or none and an error. */
void names_find_duty(struct names *n, const struct conf_block *b, enum conf_key_id key, const struct person **person_r,
		     const struct schedule **schedule_r);

/* Likewise who owns: also "round-robin:NAME" of a schedule, "caller:account" and "caller:last". All but the fallback. */
void names_find_owner(struct names *n, const struct conf_block *b, enum conf_key_id key, struct duty *d);

/* A copy of the text at a key; NULL if it is empty. */
char *names_dup(const struct conf_block *b, enum conf_key_id key);

/* Opening hours as written at a key, with the holidays of the file (NULL: none are configured); NULL, and told, if wrong. */
struct hours *names_hours(struct names *n, const struct conf_block *b, enum conf_key_id key, const char *zone,
			  struct holidays *days);

/* The holidays of a key that names a file, for the caller to unref; NULL if it names none. */
struct holidays *names_holidays(struct names *n, const struct conf_block *b, enum conf_key_id key);

/* conf_rule.c: the rules. All else is known. */
void conf_build_rules(struct names *n, const struct conf_file *f);

/* conf_replies.c: what replies may say besides English. */
void conf_build_replies(struct names *n, const struct conf_file *f);

/* conf_response.c: what happens if nobody closes. First what all lines share, then each. */
void conf_build_response(struct names *n);
void conf_line_response(struct names *n, struct line *l, const struct conf_block *b);

/* conf_schedule.c: the schedules with their rotations and calendars, and when people are away. People are known. */
void conf_build_schedules(struct names *n, const struct conf_file *f);
void conf_build_absences(struct names *n);

/* conf_people.c: people and callers; what they refer to is looked for when all are known. */
void conf_build_people(struct names *n);
void conf_build_callers(struct names *n);

#endif
