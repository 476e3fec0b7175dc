/* conf_file.h - a configuration file as a list of sections with the lines where everything stands. */
#ifndef RINGBACK_CONF_FILE_H
#define RINGBACK_CONF_FILE_H

#include "conf_errors.h"
#include "conf_keys.h"

/* One key of one section. After conf_file_parse() all that can be read are there, defaults too. */
struct conf_setting {
	bool given;
	int line;
	int again;		/* line of a second assignment; 0: none */
	GPtrArray *texts;	/* char *; the value, or the members of a list */
	GArray *lines;		/* int; where each text stands */
	int64_t number;
};

struct conf_block {
	enum conf_section section;
	char *title;		/* NULL: has none */
	int line;
	const struct conf_block *parent;	/* of a step: its policy; of a rotation: its schedule */
	struct conf_setting *settings[N_CONF_KEYS];
};

struct conf_file {
	GPtrArray *blocks;	/* struct conf_block *, in the order of the file; the first is main */
	bool whole;		/* false: a syntax error, what follows it is missing */
};

/* Values are checked one by one against conf.def; what is wrong goes to e, the rest is there. Never NULL. One thread
 * at a time: libconfuse has global state. text NULL: it could not be read. */
struct conf_file *conf_file_parse(const char *text, struct conf_errors *e);

/* libconfuse's lexer stays inside a string or comment that did not end, for whatever is read next: out of it. */
void conf_lexer_reset(void);

/* No file: the defaults alone, with what must be given left out. */
struct conf_file *conf_file_empty(void);
/* A key at the top of the file as if it were written there. */
void conf_file_set(struct conf_file *f, enum conf_key_id key, const char *text, struct conf_errors *e);
void conf_file_free(struct conf_file *f);

/* A section that stands in no such file, of a title that the caller sets and takes away again, with its defaults. */
struct conf_block *conf_block_new(enum conf_section section);
void conf_block_free(struct conf_block *b);
/* What it says of a key from now on; "": nothing. Members of a list are split by ";". Wrong ones go to e (NULL: nowhere). */
void conf_block_set(struct conf_block *b, enum conf_key_id key, const char *text, struct conf_errors *e);
/* Tells what must be given and is not. */
void conf_block_check(struct conf_block *b, struct conf_errors *e);

const struct conf_block *conf_file_main(const struct conf_file *f);

/* "" or 0 if there is none. */
const char *conf_text(const struct conf_block *b, enum conf_key_id key);
int64_t conf_number(const struct conf_block *b, enum conf_key_id key);
bool conf_given(const struct conf_block *b, enum conf_key_id key);
int conf_line(const struct conf_block *b, enum conf_key_id key);	/* of the key, else of the section */

/* Members of a list: how many, and one with its line. */
guint conf_size(const struct conf_block *b, enum conf_key_id key);
const char *conf_member(const struct conf_block *b, enum conf_key_id key, guint i, int *line_r);

#endif
