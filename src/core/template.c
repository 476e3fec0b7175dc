#include "template.h"

#include <string.h>

#include "err.h"

enum op_kind { OP_TEXT, OP_VALUE, OP_IF, OP_UNLESS, OP_END };

struct op {
	enum op_kind kind;
	guint value;		/* index of the name */
	guint end;		/* IF, UNLESS: where its END is */
	gsize at, size;		/* TEXT: of the template's words */
};

struct template {
	GArray *ops;
	GString *words;
	int line;
};

struct parse {
	const char *text, *p;
	const char *const *names;
	const char *file;
	int line;
	guint open[TEMPLATE_MAX_DEPTH];		/* conditions that are not closed, by their op */
	int open_line[TEMPLATE_MAX_DEPTH];
	guint depth;
	struct template *t;
};

/* ---- reading ---- */

static void flush(struct template *t, gsize from)
{
	const struct op op = { .kind = OP_TEXT, .at = from, .size = t->words->len - from };

	if (op.size > 0)
		g_array_append_val(t->ops, op);
}

static bool find_name(const struct parse *s, const char *name, gsize n, guint *index_r)
{
	for (guint i = 0; s->names[i]; i++)
		if (strlen(s->names[i]) == n && memcmp(s->names[i], name, n) == 0)
			return *index_r = i, true;
	return false;
}

static gsize name_size(const char *p)
{
	gsize n = 0;

	while (g_ascii_isalnum(p[n]) || p[n] == '_')
		n++;
	return n;
}

/* A brace that begins its line, but for blanks, leaves no trace of that: true, and the blanks are gone. */
static bool take_indent(struct parse *s)
{
	const char *p = s->p;

	while (p > s->text && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	if (p > s->text && p[-1] != '\n')
		return false;
	g_string_truncate(s->t->words, s->t->words->len - (gsize)(s->p - p));
	return true;
}

/* At a brace: {name} or the beginning of a condition. */
static bool take_brace(struct parse *s, gsize from, GError **err)
{
	struct op op = { .kind = s->p[1] == '?' ? OP_IF : s->p[1] == '!' ? OP_UNLESS : OP_VALUE };
	const char *name = s->p + 1 + (op.kind != OP_VALUE);
	gsize n = name_size(name);
	char after = name[n];

	if (n == 0 || (op.kind == OP_VALUE && after != '}') || (op.kind != OP_VALUE && !after))
		return err_set(err, ERR_CONF, "%s:%d: { begins no value; write {name}, {?name ...} or \\{", s->file, s->line);
	if (!find_name(s, name, n, &op.value))
		return err_set(err, ERR_CONF, "%s:%d: there is no value {%.*s}", s->file, s->line, (int)MIN(n, 60), name);
	if (op.kind != OP_VALUE && s->depth == TEMPLATE_MAX_DEPTH)
		return err_set(err, ERR_CONF, "%s:%d: too many conditions within each other; write %d at most", s->file,
			       s->line, TEMPLATE_MAX_DEPTH);
	if (op.kind != OP_VALUE && after == '\n')
		take_indent(s);
	flush(s->t, from);
	if (op.kind != OP_VALUE) {
		s->open_line[s->depth] = s->line;
		s->open[s->depth++] = s->t->ops->len;
	}
	g_array_append_val(s->t->ops, op);
	s->p = name + n;
	s->line += *s->p == '\n' && op.kind != OP_VALUE;
	if (op.kind == OP_VALUE || *s->p == ' ' || *s->p == '\n')
		s->p++;
	return true;
}

static bool take_end(struct parse *s, gsize from, GError **err)
{
	const struct op op = { .kind = OP_END };

	if (s->depth == 0)
		return err_set(err, ERR_CONF, "%s:%d: this } has no {; write \\} for the sign itself", s->file, s->line);
	if (s->p[1] == '\n' && take_indent(s)) {
		s->line++;
		s->p++;
	}
	flush(s->t, from);
	s->depth--;
	g_array_index(s->t->ops, struct op, s->open[s->depth]).end = s->t->ops->len;
	g_array_append_val(s->t->ops, op);
	s->p++;
	return true;
}

static bool take_all(struct parse *s, GError **err)
{
	GString *words = s->t->words;
	gsize from = 0;

	while (*s->p) {
		bool ok = true;

		if (*s->p == '{') {
			ok = take_brace(s, from, err);
			from = words->len;
		} else if (*s->p == '}') {
			ok = take_end(s, from, err);
			from = words->len;
		} else {
			s->p += *s->p == '\\' && s->p[1] && strchr("{}\\", s->p[1]);
			s->line += *s->p == '\n';
			g_string_append_c(words, *s->p++);
		}
		if (!ok)
			return false;
	}
	flush(s->t, from);
	return s->depth == 0 || err_set(err, ERR_CONF, "%s:%d: this { has no }; write } where the condition ends", s->file,
					s->open_line[s->depth - 1]);
}

struct template *template_new(const char *text, const char *const *names, const char *file, int line, GError **err)
{
	struct template *t = g_new0(struct template, 1);
	struct parse s = { .text = text, .p = text, .names = names, .file = file, .line = line, .t = t };
	bool ok = strnlen(text, TEMPLATE_MAX_OCTETS + 1) <= TEMPLATE_MAX_OCTETS ||
		  err_set(err, ERR_CONF, "%s:%d: is over %d octets", file, line, TEMPLATE_MAX_OCTETS);

	t->ops = g_array_new(FALSE, TRUE, sizeof(struct op));
	t->words = g_string_new(NULL);
	t->line = line;
	if (ok && take_all(&s, err))
		return t;
	template_free(t);
	return NULL;
}

void template_free(struct template *t)
{
	if (!t)
		return;
	g_array_unref(t->ops);
	g_string_free(t->words, TRUE);
	g_free(t);
}

bool template_uses(const struct template *t, guint name)
{
	for (guint i = 0; i < t->ops->len; i++) {
		const struct op *op = &g_array_index(t->ops, struct op, i);

		if (op->kind != OP_TEXT && op->kind != OP_END && op->value == name)
			return true;
	}
	return false;
}

int template_line(const struct template *t)
{
	return t->line;
}

/* ---- writing ---- */

static void put_value(GString *out, const char *value, template_escape escape)
{
	if (escape)
		escape(out, value);
	else
		g_string_append(out, value);
}

void template_render(const struct template *t, const char *const *values, template_escape escape, GString *out)
{
	for (guint i = 0; i < t->ops->len; i++) {
		const struct op *op = &g_array_index(t->ops, struct op, i);
		const char *value = op->kind == OP_TEXT || op->kind == OP_END ? NULL : values[op->value];
		const bool empty = !value || !*value;

		if (op->kind == OP_TEXT)
			g_string_append_len(out, t->words->str + op->at, (gssize)op->size);
		else if (op->kind == OP_VALUE && !empty)
			put_value(out, value, escape);
		else if ((op->kind == OP_IF && empty) || (op->kind == OP_UNLESS && !empty))
			i = op->end;
	}
}

/* ---- sets ---- */

struct template_set {
	gsize n;
	struct template **templates;
};

void template_set_free(struct template_set *s)
{
	if (!s)
		return;
	for (gsize i = 0; i < s->n; i++)
		template_free(s->templates[i]);
	g_free(s->templates);
	g_free(s);
}

static gsize key_index(const char *const *keys, const char *key)
{
	gsize i = 0;

	while (keys[i] && strcmp(keys[i], key) != 0)
		i++;
	return i;
}

struct set_parse {
	struct template_set *s;
	const char *const *keys, *const *names;
	const char *file;
};

/* key = template, which lies over lines line to the one before the next key */
static bool take_entry(const struct set_parse *p, GString *entry, int line, GError **err)
{
	char *equals = strchr(entry->str, '=');
	g_autofree char *key = equals ? g_strstrip(g_strndup(entry->str, (gsize)(equals - entry->str))) : NULL;
	gsize i;

	if (!key)
		return err_set(err, ERR_CONF, "%s:%d: is no entry; write key = text", p->file, line);
	i = key_index(p->keys, key);
	if (!p->keys[i])
		return err_set(err, ERR_CONF, "%s:%d: there is no key %.60s", p->file, line, key);
	if (p->s->templates[i])
		return err_set(err, ERR_CONF, "%s:%d: %s is there twice; keep one", p->file, line, key);
	p->s->templates[i] = template_new(g_strchug(equals + 1), p->names, p->file, line, err);
	return p->s->templates[i] != NULL;
}

static bool take_entries(const struct set_parse *p, const char *text, GError **err)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) entry = g_string_new(NULL);
	int begin = 0;

	for (int i = 0; lines[i]; i++) {
		const char *line = g_strchomp(lines[i]);

		if (*line == '#' || *line == '\0')
			continue;
		if (g_ascii_isspace(*line) && entry->len) {
			g_string_append_printf(entry, "\n%s", line + strspn(line, " \t"));
			continue;
		}
		if (entry->len && !take_entry(p, entry, begin, err))
			return false;
		g_string_assign(entry, line);
		begin = i + 1;
	}
	return entry->len == 0 || take_entry(p, entry, begin, err);
}

struct template_set *template_set_read(const char *text, const char *const *keys, const char *const *names, const char *file,
				       GError **err)
{
	struct template_set *s = g_new0(struct template_set, 1);
	struct set_parse p = { s, keys, names, file };

	while (keys[s->n])
		s->n++;
	s->templates = g_new0(struct template *, s->n + 1);
	if (take_entries(&p, text, err))
		return s;
	template_set_free(s);
	return NULL;
}

struct template_set *template_set_new(const char *text, const char *const *keys, const char *const *names, const char *file,
				      GError **err)
{
	struct template_set *s = template_set_read(text, keys, names, file, err);
	bool ok = s != NULL;

	for (gsize i = 0; ok && i < s->n; i++)
		ok = s->templates[i] || err_set(err, ERR_CONF, "%s:1: %s is missing; write %s = and what it is there",
						file, keys[i], keys[i]);
	if (ok)
		return s;
	template_set_free(s);
	return NULL;
}

const struct template *template_set_get(const struct template_set *s, gsize key)
{
	g_assert(key < s->n);
	return s->templates[key];
}
