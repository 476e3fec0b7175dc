/* Words with places for values, and what is wrong with them. */
#include <glib.h>
#include <string.h>

#include "err.h"
#include "template.h"

static const char *const names[] = { "name", "number", "none", NULL };
static const char *const values[] = { "Jane <3", "+442079460123", "" };

static void escape(GString *out, const char *value)
{
	g_autofree char *escaped = g_markup_escape_text(value, -1);

	g_string_append(out, escaped);
}

struct row {
	const char *in, *out;
};

static const struct row rows[] = {
	{ "", "" }, { "plain", "plain" }, { "{name}", "Jane &lt;3" }, { "a {name} b", "a Jane &lt;3 b" },
	{ "{none}", "" }, { "{?none x}", "" }, { "{!none x}", "x" }, { "{?name x}", "x" }, { "{!name x}", "" },
	{ "{?name {name}, {number}}", "Jane &lt;3, +442079460123" },
	{ "{?name {?none a}{!none b}}c", "bc" }, { "{?none {?name a}{!name b}}c", "c" },
	{ "{?name  x}", " x" }, { "{?name}x", "x" }, { "{?name}", "" },
	{ "\\{name\\} \\\\ \\n", "{name} \\ \\n" }, { "a\n{?name\nb\n}\nc\n", "a\nb\nc\n" },
	{ "a\n{?none\nb\n}\nc\n", "a\nc\n" }, { "{?name\n\t{?number\n\tb\n\t}\n}\nc", "\tb\nc" },
	{ "{?name\nb}\nc", "b\nc" }, { "x {?name b }\nc", "x b \nc" },
};

static void check_render(gconstpointer data)
{
	const struct row *row = data;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) err = NULL;
	struct template *t = template_new(row->in, names, "x.html", 1, &err);

	g_assert_no_error(err);
	template_render(t, values, escape, out);
	g_assert_cmpstr(out->str, ==, row->out);
	template_free(t);
}

static const struct row wrong[] = {
	{ "a\n{colour}", "x.html:2: there is no value {colour}" }, { "{", "x.html:1: { begins no value" },
	{ "{name", "x.html:1: { begins no value" }, { "{?name", "x.html:1: { begins no value" },
	{ "{name x}", "x.html:1: { begins no value" }, { "a\n\n}", "x.html:3: this } has no {" },
	{ "a\n{?name\nx\n", "x.html:2: this { has no }" }, { "{?name {?number x}", "x.html:1: this { has no }" },
	{ "{?name\n{!number\n{hue}}}", "x.html:3: there is no value {hue}" }, { "{ x }", "x.html:1: { begins no value" },
};

static void check_wrong(gconstpointer data)
{
	const struct row *row = data;
	g_autoptr(GError) err = NULL;

	g_assert_null(template_new(row->in, names, "x.html", 1, &err));
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	g_assert_true(g_str_has_prefix(err->message, row->out));
}

static void check_limits(void)
{
	g_autofree char *large = g_strnfill(TEMPLATE_MAX_OCTETS + 1, 'a');
	g_autoptr(GString) deep = g_string_new(NULL);
	g_autoptr(GError) too_large = NULL, too_deep = NULL;

	for (int i = 0; i <= TEMPLATE_MAX_DEPTH; i++)
		g_string_append(deep, "{?name ");
	g_assert_null(template_new(large, names, "x", 1, &too_large));
	g_assert_error(too_large, ERR_DOMAIN, ERR_CONF);
	g_assert_null(template_new(deep->str, names, "x", 1, &too_deep));
	g_assert_true(g_str_has_prefix(too_deep->message, "x:1: too many conditions"));
}

static const char *const keys[] = { "one", "two", NULL };

static void check_set(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) err = NULL;
	struct template_set *s = template_set_new("# words\n\ntwo = = {name}\r\none=a\n\tb\n\t# c\n", keys, names, "en", &err);

	g_assert_no_error(err);
	template_render(template_set_get(s, 0), values, NULL, out);
	template_render(template_set_get(s, 1), values, NULL, out);
	g_assert_cmpstr(out->str, ==, "a\nb\n# c= Jane <3");
	template_set_free(s);
}

static const struct row wrong_sets[] = {
	{ "one = a\n", "en:1: two is missing" }, { "one = a\ntwo = b\none = c", "en:3: one is there twice" },
	{ "one = a\nthree = b\n", "en:2: there is no key three" }, { "one = a\ntwo\n", "en:2: is no entry" },
	{ "one = a\n\ntwo = {hue}\n", "en:3: there is no value {hue}" }, { " one = a", "en:1: two is missing" },
	{ "one = a\ntwo = b\n\t{hue}\n", "en:3: there is no value {hue}" }, { "", "en:1: one is missing" },
};

static void check_wrong_set(gconstpointer data)
{
	const struct row *row = data;
	g_autoptr(GError) err = NULL;

	g_assert_null(template_set_new(row->in, keys, names, "en", &err));
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	g_assert_true(g_str_has_prefix(err->message, row->out));
}

static void add_rows(const char *group, const struct row *all, gsize n, void (*check)(gconstpointer))
{
	for (gsize i = 0; i < n; i++) {
		g_autofree char *path = g_strdup_printf("/template/%s/%zu", group, i + 1);

		g_test_add_data_func(path, &all[i], check);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	add_rows("render", rows, G_N_ELEMENTS(rows), check_render);
	add_rows("wrong", wrong, G_N_ELEMENTS(wrong), check_wrong);
	add_rows("wrong-set", wrong_sets, G_N_ELEMENTS(wrong_sets), check_wrong_set);
	g_test_add_func("/template/limits", check_limits);
	g_test_add_func("/template/set", check_set);
	return g_test_run();
}
