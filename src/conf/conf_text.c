#include "conf_text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (16 * 1024 * 1024)
#define DEPTH_MAX 8		/* of braces: a list in a step in a policy is 3 */

/* Not g_file_get_contents(): a FIFO must not hang us, nor a device fill the memory. */
static char *read_regular(const char *file, int64_t max, gsize *size_r, struct conf_errors *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *text = NULL;

	if (fd < 0 || fstat(fd, &st) != 0) {
		conf_wrong(e, 0, "cannot be read: %s", g_strerror(errno));
	} else if (!S_ISREG(st.st_mode) || st.st_size > max) {
		conf_wrong(e, 0, "is no regular file of at most %" G_GINT64_FORMAT " MiB", max / 1024 / 1024);
	} else {
		gssize n;

		text = g_malloc0((gsize)st.st_size + 1);
		n = read(fd, text, (gsize)st.st_size);
		*size_r = n > 0 ? (gsize)n : 0;
		text[*size_r] = '\0';
	}
	if (fd >= 0)
		close(fd);
	return text;
}

char *conf_text_read(const char *file, struct conf_errors *e)
{
	return conf_text_read_max(file, FILE_MAX, e);
}

char *conf_text_read_max(const char *file, int64_t max, struct conf_errors *e)
{
	gsize size = 0;
	g_autofree char *text = read_regular(file, max, &size, e);
	const char *end;

	if (!text)
		return NULL;
	if (!g_utf8_validate_len(text, size, &end)) {
		int line = 1;

		for (const char *p = text; p < end; p++)
			line += *p == '\n';
		conf_wrong(e, line, "is not UTF-8 text; save the file as UTF-8");
		return NULL;
	}
	if (g_str_has_prefix(text, "\xef\xbb\xbf"))
		memset(text, ' ', 3);
	return g_steal_pointer(&text);
}

struct scan {
	char *p;
	int line;
	int open[DEPTH_MAX], depth;	/* lines of the braces that are open */
	const char *signs;
	struct conf_errors *errors;
	bool good;
};

static void scan_wrong(struct scan *s, int line, const char *what)
{
	conf_wrong(s->errors, line, "%s", what);
	s->good = false;
}

/* At a sign that comments begin with, # or / */
static bool skip_comment(struct scan *s)
{
	int begin = s->line;
	bool block = s->p[0] == '/' && s->p[1] == '*';

	if (s->p[0] == '/' && s->p[1] != '/' && !block)
		return false;
	if (!block) {
		while (*s->p && *s->p != '\n')
			*s->p++ = ' ';
		return true;
	}
	for (s->p[0] = s->p[1] = ' '; *s->p && !(s->p[0] == '*' && s->p[1] == '/'); s->p++) {
		if (*s->p == '\n')
			s->line++;
		else
			*s->p = ' ';
	}
	if (!*s->p) {
		scan_wrong(s, begin, "this comment does not end; write */ after it");
		return true;
	}
	s->p[0] = s->p[1] = ' ';
	s->p += 2;
	return true;
}

static void check_in_string(struct scan *s, char quote)
{
	const char *p = s->p;

	if ((unsigned char)*p < 0x20 && *p != '\t')
		scan_wrong(s, s->line, "a control character in a string; remove it");
	else if (quote == '"' && p[0] == '$' && p[1] == '{')
		scan_wrong(s, s->line, "${...} is not replaced here; write the value itself");
	else if (quote == '"' && p[0] == '\\' && p[1] != '"' && p[1] != '\\')
		scan_wrong(s, s->line, "only \\\" and \\\\ may follow a backslash; write the "
			   "character itself");
}

static void skip_string(struct scan *s)
{
	char quote = *s->p++;

	for (; *s->p && *s->p != '\n' && *s->p != quote; s->p++) {
		check_in_string(s, quote);
		if (*s->p == '\\' && s->p[1] && s->p[1] != '\n')
			s->p++;
	}
	if (*s->p == quote)
		s->p++;
	else
		scan_wrong(s, s->line, quote == '"' ? "this string does not end; write \" after it"
						    : "this string does not end; write ' after it");
}

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || (c && strchr("_-.:@%/", c));
}

static void check_brace(struct scan *s)
{
	if (*s->p == '{' && s->depth == DEPTH_MAX)
		scan_wrong(s, s->line, "too many { within each other; close them with }");
	else if (*s->p == '{')
		s->open[s->depth++] = s->line;
	else if (--s->depth < 0)
		scan_wrong(s, s->line, "this } has no {; remove it");
}

static void check_plain(struct scan *s)
{
	unsigned char c = (unsigned char)*s->p;

	if (c == '\n')
		s->line++;
	else if (c == '{' || c == '}')
		check_brace(s);
	else if (c == '\r')
		*s->p = ' ';
	else if (c == '+' && s->p[1] != '=')
		scan_wrong(s, s->line, "the sign + outside of a string; put the value in quotes, "
			   "as \"+447700900123\"");
	else if (!is_word(*s->p) && !strchr(" \t=,+", c) && !strchr(s->signs, c))
		scan_wrong(s, s->line, "a sign outside of a string that has no meaning here; put "
			   "the value in quotes");
	if (!s->good)
		return;
	s->p++;
}

bool conf_text_clean(char *text, const char *signs, struct conf_errors *e)
{
	struct scan s = { .p = text, .line = 1, .signs = signs, .errors = e, .good = true };

	while (*s.p && s.good) {
		if ((*s.p == '#' || *s.p == '/') && skip_comment(&s))
			continue;
		if (*s.p == '"' || *s.p == '\'')
			skip_string(&s);
		else
			check_plain(&s);
	}
	/* libconfuse takes the end of the file for that of all sections. */
	if (s.good && s.depth > 0)
		scan_wrong(&s, s.open[s.depth - 1], "this { has no }; write } after it");
	return s.good;
}

static char *skip_blanks(char *p)
{
	while (*p && strchr(" \t\n", *p))
		p++;
	return p;
}

static char *skip_value(char *p)
{
	if (*p == '"' || *p == '\'') {
		char quote = *p++;

		while (*p && *p != quote)
			p += *p == '\\' && p[1] ? 2 : 1;
		return *p ? p + 1 : p;
	}
	while (is_word(*p))
		p++;
	return p;
}

/* p is at an opening brace. */
static char *skip_braces(char *p)
{
	int depth = 0;

	while (*p) {
		if (*p == '"' || *p == '\'') {
			p = skip_value(p);
			continue;
		}
		depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
		p++;
		if (depth == 0)
			break;
	}
	return p;
}

/* name = value, name += { list }, name { section }, name title { section } */
static char *skip_statement(char *p, const char *name)
{
	char *q;

	p = skip_blanks(p + strlen(name));
	if (*p == '+' || *p == '=') {
		p = skip_blanks(p + (*p == '+' ? 2 : 1));
		return *p == '{' ? skip_braces(p) : skip_value(p);
	}
	q = *p == '{' ? p : skip_blanks(skip_value(p));
	return *q == '{' ? skip_braces(q) : p;
}

static bool begins_statement(const char *text, const char *p, const char *name)
{
	const char *before = p, *after = p + strlen(name);

	if (strncmp(p, name, strlen(name)) != 0 || is_word(*after))
		return false;
	if (p > text && is_word(p[-1]))
		return false;
	while (before > text && strchr(" \t\n", before[-1]))
		before--;
	return before == text || !strchr("=,", before[-1]);
}

bool conf_text_blank(char *text, int line, const char *name)
{
	int at = 1;

	for (char *p = text; *p && *name; p++) {
		if (*p == '"' || *p == '\'') {
			p = skip_value(p) - 1;
			continue;
		}
		at += *p == '\n';
		if (at == line && begins_statement(text, p, name)) {
			char *end = skip_statement(p, name);

			for (; p < end; p++)
				*p = *p == '\n' ? '\n' : ' ';
			return true;
		}
	}
	return false;
}
