/* conf.h - the configuration file as one immutable, reference-counted snapshot. Only user of libconfuse. */
#ifndef RINGBACK_CONF_H
#define RINGBACK_CONF_H

#include <glib.h>

#include <stdio.h>

#include "coding.h"
#include "generic.h"
#include "profile.h"
#include "render.h"
#include "roster.h"
#include "source.h"

struct provider {
	char *name, *host, *system_id, *password, *system_type, *source_addr;
	int port;
	guint window;
	int64_t enquire_link_s, response_timeout_s;
	int priority;			/* lower is asked first */
	guint weight, rate;		/* share among equals; texts a second, 0: no limit */
	struct coding_rules coding;	/* how it wants its texts */
	char **prefixes;		/* "+44"; empty: every number */
	bool pair;			/* a transmitter and a receiver in place of a transceiver */
	bool tls;
	char *tls_ca, *tls_name, *tls_cert, *tls_key;	/* files; "": the system's authorities, none */
};

enum on_failure { ON_FAILURE_TEMPFAIL, ON_FAILURE_ACCEPT };

/* An iCalendar file as it was when it was read. */
struct conf_calendar {
	char *file, *zone;
	GPtrArray *events;		/* struct calendar_event *, what is in force; NULL: nothing */
	struct holidays *days;		/* that these are; NULL: nobody asked */
	bool told;			/* that it is wrong */
	char *wrong;			/* what is wrong with the file as it is; NULL: all is well */
	int64_t inode, size, changed_ns;
};

struct conf {
	char *file;
	struct conf_bulk *bulk;		/* the CSV files, as they were read; see conf_bulk.h */
	char *text;			/* of the file; NULL: none was read */
	struct conf *origin;		/* whose profiles these are; NULL: our own */
	GPtrArray *calendars;		/* struct conf_calendar *; NULL: none */
	int64_t read_at;
	bool lenient;			/* no profiles; a broken iCalendar file counts as empty */
	struct roster *roster;
	struct profiles *profiles;
	GPtrArray *sources;		/* struct source *; the first that fits wins */
	char *authserv_id;		/* whose Authentication-Results count; "": the mail server's name */
	GPtrArray *providers;		/* struct provider *, at most 16 */
	char *region, *timezone;
	char *audit, *hours;		/* what lines inherit, as timezone; "" for none */
	enum collapse collapse;
	int64_t callback_within_s;
	int morning_min;		/* minutes of the day, in timezone: lists of what is stale go out */
	char *store;			/* path of the SQLite file */
	char *run_dir;			/* control sockets, pid file */
	char *milter_socket;		/* "unix:/path" or "inet:port@host" */
	char *milter_socket_group;
	int milter_socket_mode;
	char *user;			/* run as; "" to stay */
	char *relay_host;		/* for status notes; "" for none */
	int relay_port;
	char *mail_from;
	enum on_failure on_store_failure;
	enum machine_part machine_part;
	int64_t generic_confidence;	/* percent; 0: mails that no profile knows are not read */
	int64_t body_max;		/* octets; larger mails get headers only */
	int64_t keep_missed_s, keep_voicemail_s;	/* who called, after closing; 0: for ever */
	int64_t message_size_limit;	/* of the mail server: a mail that would grow over it likewise; 0: none */
	char *profile_dir;
	GPtrArray *reply_servers;	/* struct source *, of reply_networks; NULL: none */
	enum notes notes;
	char *template_dir;
	char *templates_wrong;		/* what is wrong with those there, one line each; NULL: nothing */
	char *language;			/* what lines inherit */
};

/* Reads file and all profiles it names. On error NULL and *err (ERR_CONF) whose message holds every error found, one
 * line each: "file:line: what is wrong; what would be right". Call from one thread at a time (libconfuse). */
struct conf *conf_load(const char *file, GError **err);

/* The same, with `before` in force: an iCalendar file that is broken stays as it was there. */
struct conf *conf_load_after(const char *file, const struct conf *before, GError **err);

/* For a program that reads no mail and only asks: no profiles, which take their time, and a broken iCalendar file counts
 * as empty; see conf_calendars_wrong(). */
struct conf *conf_load_leniently(const char *file, GError **err);

/* The same configuration once more, from the text that was read then, with the iCalendar files as they are now: what an
 * administrator is writing meanwhile waits for a reload. */
struct conf *conf_load_again(struct conf *before, GError **err);

/* Did one of its iCalendar files change, or is it a day old? Looks at the files. */
bool conf_calendars_changed(const struct conf *c);

/* What is wrong with the first that is broken, "file:line: ..."; NULL: all are well. */
const char *conf_calendars_wrong(const struct conf *c);

/* What conf_load() gives for `ringback parse` without a file: built-in defaults, profiles from profile_dir (NULL: the
 * installed ones, or $RINGBACK_PROFILE_DIR), the given region and zone. */
struct conf *conf_default(const char *profile_dir, const char *region, const char *zone, GError **err);

/* Do two providers have the same settings? */
bool provider_is_same(const struct provider *p, const struct provider *q);

struct conf *conf_ref(struct conf *c);
void conf_unref(struct conf *c);	/* NULL is fine */

/* Every key with type, default, range and help, as configuration text: `ringbackd --print-defaults`. */
void conf_print_defaults(FILE *out);

/* Who is who, and who is texted when, in a few lines for people: `ringbackd --check`. */
void conf_explain(const struct conf *c, FILE *out);

/* profile_file.c: the profiles of one file of conf/profiles, at least one, as struct profile_def *, which the array frees;
 * NULL and *err (ERR_CONF) with file and line. From one thread at a time, as conf_load(). */
GPtrArray *profile_file_read(const char *file, GError **err);

/* Adds all of them to p. False and *err if one is wrong; p may hold some of them then. */
gboolean profile_file_add(struct profiles *p, const char *file, GError **err);

/* generic_file.c: the words of profile_dir/generic/LANGUAGE.conf, in the order of their names; none if there is no such folder.
 * False and *err (ERR_CONF) with file and line if one is wrong. From one thread at a time. */
gboolean generic_folder_add(struct profiles *p, const char *profile_dir, GError **err);

#endif
