#include "draft_private.h"

#include <string.h>

#include "text.h"

/* A string of a profile file in single quotes: there a backslash means something before a quote or another
 * backslash alone, and nothing else does. */
static void put_quoted(GString *out, const char *s)
{
	g_string_append_c(out, '\'');
	for (; *s; s++) {
		if (*s == '\'' || (*s == '\\' && (s[1] == '\\' || s[1] == '\'' || !s[1])))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *s);
	}
	g_string_append_c(out, '\'');
}

static void put_comment(GString *out, struct arena *a, const char *indent, const char *text)
{
	g_string_append_printf(out, "%s# %s\n", indent, text_line(a, text, 400));
}

static void put_rule(GString *out, const struct profile_pattern *r)
{
	g_string_append_printf(out, "\t\t%s(", profile_where_name(r->where));
	if (r->where == WHERE_HEADER) {
		put_quoted(out, r->header);
		g_string_append(out, ", ");
	}
	put_quoted(out, r->pattern);
	g_string_append(out, ")\n");
}

static void put_words(GString *out, const char *key, const char *const *words, gsize n)
{
	gsize column = strlen(key) + 20;

	g_string_append_printf(out, "\t%s = {", key);
	for (gsize i = 0; i < n; i++) {
		column += strlen(words[i]) + 4;
		g_string_append(out, i == 0 ? " " : column > 110 ? ",\n\t\t" : ", ");
		if (column > 110)
			column = 16;
		put_quoted(out, words[i]);
	}
	g_string_append(out, " }\n");
}

static void put_head(const struct draft *d, GString *out)
{
	struct arena *a = d->arena;

	put_comment(out, a, "",
		    arena_printf(a, "A draft by ringback profile new, from %u sample%s:", d->n,
				 d->n == 1 ? "" : "s"));
	for (guint i = 0; i < d->n; i++)
		put_comment(out, a, "", arena_printf(a, "  [%u] %s", i + 1, d->mails[i].name));
	g_string_append(out,
			"# Read it through: the comments say for which value of which sample a pattern was made.\n"
			"# They hold names and numbers of callers: take them out before you hand the file on.\n"
			"# Then try other mails with ringback profile test. ringback-profile(5) explains every line.\n");
	if (d->n == 1)
		g_string_append(out, "# One sample does not show what varies: give two or three, of different "
				     "callers, if you can.\n");
	if (d->doubts->len)
		g_string_append(out, "#\n# Look at these first:\n");
	for (guint i = 0; i < d->doubts->len; i++)
		put_comment(out, a, "", arena_printf(a, "* %s", (const char *)d->doubts->pdata[i]));
}

static void put_section(GString *out, const GArray *patterns, const char *name)
{
	for (guint i = 0; i < patterns->len; i++) {
		const struct profile_pattern *r = &g_array_index(patterns, struct profile_pattern, i);

		if (i == 0 || r->alternative != r[-1].alternative)
			g_string_append_printf(out, i == 0 ? "\t%s {\n" : "\t}\n\t%s {\n", name);
		put_rule(out, r);
	}
	g_string_append(out, "\t}\n\n");
}

/* Mails that come from there and are not read, or without what all samples have, are counted as drift. */
static void put_expect(const struct draft *d, GString *out)
{
	bool first = true;

	if (d->def->signature->len) {
		g_string_append(out, "\t# Whose mails these are, whatever their text: one that no profile "
				     "reads is counted as drift.\n");
		put_section(out, d->def->signature, "signature");
	}
	g_string_append(out, "\t# What each of them says; one that does not is counted as drift.\n\texpect = {");
	for (enum call_field f = 0; f < N_FIELDS; f++)
		if (d->def->expect & 1u << f) {
			g_string_append_printf(out, "%s %s", first ? "" : ",", call_field_name(f));
			first = false;
		}
	g_string_append(out, " }\n\n");
}

static void put_match(const struct draft *d, GString *out)
{
	g_string_append(out, "\t# All patterns of one match must hold, and do in all samples. What the PBX "
			     "writes otherwise at times\n"
			     "\t# (\"urgent\") must not be in them.\n");
	put_section(out, d->def->match, "match");
}

static void put_extract(const struct draft *d, GString *out)
{
	g_string_append(out, "\t# From top to bottom, field by field: the first that finds something "
			     "counts.\n\textract {\n");
	for (guint i = 0; i < d->def->extract->len; i++) {
		put_comment(out, d->arena, "\t\t", d->notes->pdata[i]);
		put_rule(out, &g_array_index(d->def->extract, struct profile_pattern, i));
	}
	g_string_append(out, "\t}\n\n");
}

static gsize count(const char *const *words)
{
	gsize n = 0;

	while (words[n])
		n++;
	return n;
}

const char *draft_print(const struct draft *d)
{
	g_autoptr(GString) out = g_string_new(NULL);

	put_head(d, out);
	g_string_append_printf(out, "\nprofile \"%s\" {\n\tclass = %s\n\treason = %s\n", d->options->name,
			       class_name(d->def->class), reason_name(d->def->reason));
	g_string_append_printf(
		out,
		"\t# Before those of the products, which may know the same mails in part.\n\tpriority = %d\n\n",
		d->def->priority);
	put_expect(d, out);
	put_match(d, out);
	put_extract(d, out);
	if (d->def->dates->len) {
		g_string_append(
			out, "\t# The language of the names of days and months, and how times look (ICU).\n");
		put_words(out, "dates", (const char *const *)d->def->dates->pdata, d->def->dates->len);
	}
	put_words(out, "withheld", draft_withheld, count(draft_withheld));
	put_words(out, "no_name", draft_no_name, count(draft_no_name));
	g_string_append(out, "}\n");
	return arena_strdup(d->arena, out->str);
}
