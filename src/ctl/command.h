/* command.h - one subcommand of ringback(1): a file each, a row in the table of ringback.c. */
#ifndef RINGBACK_COMMAND_H
#define RINGBACK_COMMAND_H

#include <glib.h>
#include <stdbool.h>

#include "conf.h"
#include "printer.h"
#include "store.h"

struct command_env {
	const char *conf_file;	/* -c, or the default */
	bool conf_given;	/* -c was there */
	struct printer *out;
};

struct command_def {
	const char *name;	/* "list" */
	const char *arguments;	/* "[--all] [--line LINE]" */
	const char *help;	/* one line */
	int (*run)(struct command_env *env, int argc, char **argv);	/* argv[0] is the name; gives an exit code of
									 * sysexits.h, 0 for success */
	const char *details;	/* further lines of `ringback help NAME`; NULL: none */
};

extern const struct command_def cmd_oncall, cmd_parse, cmd_replay, cmd_list, cmd_show, cmd_why, cmd_find, cmd_ack, cmd_close,
	cmd_assign, cmd_tried, cmd_snooze, cmd_mute, cmd_unmute, cmd_status, cmd_providers, cmd_reload, cmd_profile, cmd_sms;
extern const struct command_def cmd_check, cmd_journal;
extern const struct command_def cmd_export, cmd_forget, cmd_report;

/* ---- what most commands need (command.c) ---- */

struct command_work {
	struct conf *conf;
	struct store *store;	/* NULL after command_load() */
	struct arena *a;
};

/* Configuration, arena; command_open() the store as well, which must be there already: only ringbackd makes it. Give 0,
 * or an exit code after having said why. command_end() in any case. */
int command_load(struct command_env *env, struct command_work *w);
int command_open(struct command_env *env, struct command_work *w);
void command_end(struct command_work *w);

/* Says "ringback: ..." on stderr, and gives code. */
int command_fail(int code, const char *format, ...) G_GNUC_PRINTF(2, 3);
int command_usage(const struct command_def *c);		/* EX_USAGE */

/* Is it a region (ISO 3166), a time zone (IANA)? False after having said, as `ringback COMMAND`, that it is none. */
bool command_region(const char *command, const char *region);
bool command_zone(const char *command, const char *zone);

/* "2026-12-24", "2026-12-24 18:00" by that zone's clock, or as text_to_time() has it. */
bool command_time(const char *text, const char *zone, int64_t *at_r);

/* The item named "RB-17", "rb17" or "17"; 0, or an exit code after having said why. */
int command_item(struct command_work *w, const char *name, struct item **i_r);

/* "no such person 'bo'; people: anna, bob", EX_USAGE. */
int command_no_person(const struct command_work *w, const char *id);
int command_no_line(const struct command_work *w, const char *id);

/* An item as a row (after items_columns()) or as a record with all that it holds. */
void items_columns(struct printer *out);
void items_row(struct command_work *w, struct printer *out, const struct item *i);
void items_record(struct command_work *w, struct printer *out, const struct item *i);

/* One mute as a record (cmd_mute.c). */
void mutes_print(struct printer *out, const struct mute *m);

/* Since when the item is stale, 0 if it is not (item.h). */
int64_t items_stale_since(const struct command_work *w, const struct item *i, int64_t now);

/* "2026-03-02 21:52" in the zone of the item's line; UTC in RFC 3339 for JSON. NULL for 0. */
const char *items_time(struct command_work *w, struct printer *out, const struct item *i, int64_t at);

#endif
