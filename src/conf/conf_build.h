/* conf_build.h - from the sections of a file to people, lines, policies and settings that fit together. */
#ifndef RINGBACK_CONF_BUILD_H
#define RINGBACK_CONF_BUILD_H

#include "conf.h"
#include "conf_file.h"

/* Fills c (zeroed but for origin); what is wrong goes to e. before: see conf_load_after(). */
void conf_build(struct conf *c, const struct conf_file *f, const struct conf *before, struct conf_errors *e);

/* The same without people, policies and lines: an empty roster. profile_dir NULL: as the file says. */
void conf_build_settings(struct conf *c, const struct conf_file *f, const char *profile_dir, struct conf_errors *e);

/* The providers; conf_provider.c */
void conf_build_providers(struct conf *c, const struct conf_file *f, struct conf_errors *e);

/* Every phone of the roster is served by one of them. */
void conf_check_providers(const struct conf *c, struct conf_errors *e);

/* conf_source.c: sources; c's own settings and profiles are there. The other for a file that has none: this host. */
void conf_build_sources(struct conf *c, const struct conf_file *f, struct conf_errors *e);
void conf_source_add_local(struct conf *c);

/* conf_card.c: the cards of c's roster. What is wrong with a template goes to c->templates_wrong: the built-in one stays in
 * force. And the language that a key names, for the caller to free. */
void conf_build_cards(struct conf *c, const struct conf_block *m);
char *conf_language(const struct conf *c, const struct conf_block *b, enum conf_key_id key, struct conf_errors *e);

/* conf_reply.c: mails that are commands. conf_source.c: the hosts of a list of networks, as struct source *; NULL: none. */
void conf_build_answers(struct conf *c, const struct conf_block *m, struct conf_errors *e);
GPtrArray *conf_source_hosts(const struct conf_block *b, enum conf_key_id key, struct conf_errors *e);

/* The rest; c's own settings are there. conf_roster.c */
void conf_build_roster(struct conf *c, const struct conf_file *f, const struct conf *before, struct conf_errors *e);

#endif
