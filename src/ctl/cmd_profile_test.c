/* ringback profile test: field by field what a profile reads, where it stands, and which rule found it. */
#include <getopt.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "cmd_profile.h"
#include "err.h"
#include "explain.h"
#include "mailfile.h"
#include "reader.h"
#include "render.h"
#include "text.h"

#define SHOWN_MAX 60		/* characters of a line before a value, and of a value, that are shown */

enum { ALL_READ = 0, NOT_ALL_READ = 1, CANNOT_TEST = 2 };

struct test {
	struct printer *out;
	bool json, underline;
	struct profiles *profiles;	/* of a file; else NULL */
	struct conf *conf;
	struct profile_set *set;
	struct profile_context ctx;
};

/* One mail. */
struct reading {
	const char *file;
	const struct letter *letter;
	struct profile_trace trace;
	const struct call *call;
	struct arena *arena;
};

static const struct profiles *profiles_of(const struct test *t)
{
	return t->profiles ? t->profiles : t->conf->profiles;
}

/* ---- where a value stands ---- */

static const char *place_text(const struct letter *l, const struct profile_value *v)
{
	switch (v->where) {
	case WHERE_HEADER: return l->headers[v->index].value;
	case WHERE_SUBJECT: return l->subject;
	case WHERE_FROM: return l->from;
	case WHERE_TEXT: return l->text;
	case WHERE_HTML: return l->html;
	case WHERE_LINK: return l->links;
	case WHERE_FILENAME: return l->parts[v->index].filename;
	case N_WHERE: break;
	}
	return "";
}

static bool has_lines(enum profile_where where)
{
	return where == WHERE_TEXT || where == WHERE_HTML || where == WHERE_LINK;
}

static int line_of(const char *text, gsize offset)
{
	int line = 1;

	for (gsize i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static const char *place_name(struct arena *a, const struct letter *l, const struct profile_value *v)
{
	if (v->where == WHERE_HEADER)
		return arena_printf(a, "header %s", text_line(a, v->header, SHOWN_MAX));
	if (!has_lines(v->where))
		return profile_where_name(v->where);
	return arena_printf(a, "%s, line %d", profile_where_name(v->where), line_of(place_text(l, v), v->offset));
}

static const char *rule_name(struct arena *a, const char *file, int line)
{
	g_autofree char *base = g_path_get_basename(file);

	return arena_printf(a, "%s:%d", text_line(a, base, SHOWN_MAX), line);
}

/* What nobody can move a terminal with; blanks stay where they are. */
static char *visible(const char *s, gsize size)
{
	GString *out = g_string_new(NULL);
	AUTO_ARENA a = arena_new();

	for (const char *p = s, *next; p < s + size; p = next) {
		next = g_utf8_next_char(p);
		if (*text_line(a, arena_strndup(a, p, (gsize)(next - p)), 1))
			g_string_append_len(out, p, next - p);
		else
			g_string_append_c(out, ' ');
	}
	return g_string_free(out, FALSE);
}

/* The line, the value in it underlined. */
static void show_line(const struct test *t, const struct letter *l, const struct profile_value *v)
{
	const char *text = place_text(l, v), *at = text + v->offset, *from = at, *end;
	g_autofree char *before = NULL, *value = NULL, *after = NULL;
	gsize size = 0;

	while (from > text && from[-1] != '\n' && at - from < SHOWN_MAX)
		from--;
	while (from < at && ((unsigned char)*from & 0xc0) == 0x80)
		from++;
	for (glong n = 0; size < v->size && n < SHOWN_MAX; n++)
		size = (gsize)(g_utf8_next_char(at + size) - at);
	end = at + v->size + strcspn(at + v->size, "\n");
	if (end - at - (gssize)v->size > SHOWN_MAX)
		end = g_utf8_find_prev_char(at, at + v->size + SHOWN_MAX);
	before = visible(from, (gsize)(at - from));
	value = visible(at, size);
	after = size < v->size ? g_strdup("...") : visible(at + v->size, (gsize)(end - at) - v->size);
	/* Not printer_line(), which lets no terminal be moved: what is the mail's in it is visible() already. */
	printf("        %s%s%s%s%s%s\n", from > text && from[-1] != '\n' ? "..." : "", g_strchug(before),
	       t->underline ? "\033[4m" : "", value, t->underline ? "\033[24m" : "", g_strchomp(after));
}

/* ---- for people ---- */

static const char *padded(struct arena *a, const char *s, glong width)
{
	glong pad = width - g_utf8_strlen(s, -1);

	return arena_printf(a, "%s%*s", s, (int)MAX(pad, 0), "");
}

static void show_value(const struct test *t, const struct reading *r, const struct profile_value *v)
{
	const char *value = *v->value ? text_line(r->arena, v->value, SHOWN_MAX) : "(stands for no value)";

	printer_line(t->out, "    %-12s  %s  %s  %s", call_field_name(v->field), padded(r->arena, value, 30),
		     padded(r->arena, place_name(r->arena, r->letter, v), 16),
		     rule_name(r->arena, v->file, v->line));
	show_line(t, r->letter, v);
}

/* Several rules may come upon the same word for "withheld". */
static void show_values(const struct test *t, const struct reading *r)
{
	const struct profile_value *last = NULL;

	for (guint i = 0; i < r->trace.values->len; i++) {
		const struct profile_value *v = &g_array_index(r->trace.values, struct profile_value, i);

		if (last && !*v->value && last->field == v->field && strcmp(last->raw, v->raw) == 0)
			continue;
		show_value(t, r, v);
		last = v;
	}
}

static const struct profile_def *def_named(const struct profiles *p, const char *name)
{
	for (guint i = 0; i < profiles_count(p); i++)
		if (g_strcmp0(profiles_def(p, i)->name, name) == 0)
			return profiles_def(p, i);
	return NULL;
}

/* What the profile has rules for and this mail gave nothing of, without what it expects. */
static unsigned missing_of(const struct test *t, const struct reading *r)
{
	const struct profile_def *d = def_named(profiles_of(t), r->trace.profile);
	unsigned missing = 0;

	for (guint i = 0; d && i < d->extract->len; i++)
		for (enum call_field f = 0; f < N_FIELDS; f++)
			if (strstr(g_array_index(d->extract, struct profile_pattern, i).pattern,
				   arena_printf(r->arena, "(?<%s>", call_field_name(f))))
				missing |= 1u << f;
	for (guint i = 0; i < r->trace.values->len; i++) {
		const struct profile_value *v = &g_array_index(r->trace.values, struct profile_value, i);

		if (*v->value)
			missing &= ~(1u << v->field);
	}
	return missing & ~r->call->missing;
}

static const char *why_not(const struct reading *r)
{
	const struct profile_trace *t = &r->trace;
	const struct profile_near *n = t->near->len ? &g_array_index(t->near, struct profile_near, 0) : NULL;

	if (t->never)
		return arena_printf(r->arena, "no profile is asked: %s", t->never);
	if (!n)
		return "no pattern of match holds";
	return arena_printf(r->arena, "%s %u of %u patterns of match hold; %s: %s, %s",
			    n->rejected ? "rejected, though" : "only", n->held, n->rules,
			    n->rejected ? "so does" : "not so",
			    explain_rule(r->arena, n->where, n->header, n->pattern),
			    rule_name(r->arena, n->file, n->line));
}

static void show_names(const struct test *t, const char *what, unsigned fields)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (enum call_field f = 0; f < N_FIELDS; f++)
		if (fields & 1u << f)
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", call_field_name(f));
	if (names->len)
		printer_line(t->out, "    %s %s", what, names->str);
}

static void show_meaning(const struct test *t, const struct reading *r)
{
	const struct call *c = r->call;
	char at[40];

	if (c->caller || c->withheld)
		printer_line(t->out, "    the number is %s", c->withheld ? "withheld" : c->caller);
	else if (c->caller_raw)
		printer_line(t->out, "    the number is an extension, or none of region %s", t->ctx.region);
	printer_line(t->out, "    the time is   %s, %s%s", text_time_zone(c->time, t->ctx.zone, at),
		     c->time_printed ? "as printed" : "that of the mail",
		     r->trace.date ? arena_printf(r->arena, " (%s)", r->trace.date) : "");
}

static void show(const struct test *t, const struct reading *r)
{
	const char *file = text_line(r->arena, r->file, 200);

	if (!r->call) {
		printer_line(t->out, "%s: not read: %s", file, text_line(r->arena, why_not(r), 1000));
		return;
	}
	printer_line(t->out, "%s: %s, by profile %s", file, class_name(r->call->class), r->call->profile);
	show_values(t, r);
	show_meaning(t, r);
	show_names(t, "MISSING, though the profile expects it:", r->call->missing);
	show_names(t, "not found:", missing_of(t, r));
}

/* ---- as JSON ---- */

static json_t *names_json(unsigned fields)
{
	json_t *names = json_array();

	for (enum call_field f = 0; f < N_FIELDS; f++)
		if (fields & 1u << f)
			json_array_append_new(names, json_string(call_field_name(f)));
	return names;
}

/* As `ringback parse --json --explain`, and what is missing. */
static void put_json(const struct test *t, const struct reading *r)
{
	json_t *o = json_loads(
		render_call_json(r->arena, r->call, text_utf8(r->arena, r->file, strlen(r->file))), 0, NULL);

	g_assert(o);
	json_object_set_new(o, "withheld", r->call ? json_boolean(r->call->withheld) : json_null());
	json_object_set_new(o, "missing", names_json(r->call ? r->call->missing : 0));
	json_object_set_new(o, "not_found", names_json(r->call ? missing_of(t, r) : 0));
	json_object_set_new(o, "explain", explain_json(&r->trace));
	json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(o);
}

/* ---- the mails ---- */

static int test_mail(const struct test *t, const char *file, GBytes *mail, struct arena *a)
{
	struct profile_context ctx = t->ctx;
	struct reading r = { .file = file, .arena = a };
	gsize size;
	const char *octets = g_bytes_get_data(mail, &size);
	bool read;

	profile_trace_init(&r.trace);
	ctx.trace = &r.trace;
	ctx.allowed = t->set;
	r.letter = reader_read(octets ? octets : "", size, NULL, a);
	r.call = profiles_read(profiles_of(t), r.letter, &ctx, a);
	if (t->json)
		put_json(t, &r);
	else
		show(t, &r);
	read = r.call && (r.call->caller_raw || r.call->withheld);
	profile_trace_clear(&r.trace);
	return read ? ALL_READ : NOT_ALL_READ;
}

static int test_file(const struct test *t, const char *file)
{
	g_autoptr(GError) err = NULL;
	g_autofree char *text = NULL;
	g_autoptr(GPtrArray) mails = NULL;
	int code = ALL_READ;
	gsize size;

	if (!mailfile_read(file, &text, &size, &err))
		return command_fail(CANNOT_TEST, "%s", err->message);
	mails = mailfile_split(text, size, G_MAXUINT);
	for (guint i = 0; i < mails->len; i++) {
		AUTO_ARENA a = arena_new();
		const char *name = mails->len == 1 ? file : arena_printf(a, "%s, mail %u", file, i + 1);
		int one = test_mail(t, name, mails->pdata[i], a);

		code = MAX(code, one);
	}
	return code;
}

/* A file; else it is the name of a profile or of a product in force. */
static bool is_file(const char *profile)
{
	return strchr(profile, '/') || g_str_has_suffix(profile, ".conf") ||
	       g_file_test(profile, G_FILE_TEST_IS_REGULAR);
}

static bool load(struct test *t, const char *profile, GError **err)
{
	if (!is_file(profile)) {
		t->set = profiles_subset(t->conf->profiles, &profile, 1, err);
		return t->set != NULL;
	}
	t->profiles = profiles_new();
	return profile_file_add(t->profiles, profile, err);
}

static int test_files(struct test *t, const char *profile, char **files)
{
	g_autoptr(GError) err = NULL;
	int code = ALL_READ;

	if (!load(t, profile, &err))
		return command_fail(CANNOT_TEST, "%s", err->message);
	reader_init();
	for (; *files; files++) {
		int one = test_file(t, *files);

		code = MAX(code, one);
	}
	return code;
}

int profile_test(struct command_env *env, int argc, char **argv)
{
	struct profile_options o = { .region = NULL };
	struct test t = { .out = env->out, .json = printer_json(env->out), .underline = isatty(STDOUT_FILENO) };
	int code;

	if (!profile_options(&o, "rz", argc, argv) || argc - optind < 2) {
		command_usage(&cmd_profile);
		return CANNOT_TEST;
	}
	if (!profile_conf(env, &o, !is_file(argv[optind]), &t.conf))
		return CANNOT_TEST;
	t.ctx = profile_where(t.conf, &o);
	code = test_files(&t, argv[optind], argv + optind + 1);
	profile_set_free(t.set);
	profiles_free(t.profiles);
	conf_unref(t.conf);
	return code;
}
