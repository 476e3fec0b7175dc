/* The templates of cards and texts, and what lines and people make of them. */
#include "conf_build.h"

#include <string.h>

#include "card.h"
#include "conf_text.h"
#include "err.h"

#define TEMPLATES_MAX 200

static bool is_template(const char *name)
{
	return strcmp(name, "card.txt") == 0 || strcmp(name, "card.html") == 0 ||
	       (*name != '.' && (g_str_has_suffix(name, ".words") || g_str_has_suffix(name, TEXTS_SUFFIX)));
}

static void tell(GString *wrong, const char *message)
{
	g_string_append_printf(wrong, "%s%s", wrong->len ? "\n" : "", message);
}

/* A file that is wrong leaves the words that are built in: nobody must stay asleep for a typing error. */
static bool add_texts(struct conf *c, const char *name, const char *contents, const char *file, GError **err)
{
	g_autofree char *language = g_strndup(name, strlen(name) - strlen(TEXTS_SUFFIX));
	struct texts *t;

	if (!texts_is_language(language))
		return err_set(err, ERR_CONF, "%s: its name is no language; call it like de" TEXTS_SUFFIX, file);
	t = texts_new(language, contents, file, err);
	if (t)
		g_ptr_array_add(c->roster->texts, t);
	return t != NULL;
}

static bool add_template(struct conf *c, const char *name, const char *contents, const char *file, GError **err)
{
	if (g_str_has_suffix(name, TEXTS_SUFFIX))
		return add_texts(c, name, contents, file, err);
	return cards_set(c->roster->cards, name, contents, file, err);
}

static void read_template(struct conf *c, const char *folder, const char *name, GString *wrong)
{
	g_autofree char *file = g_build_filename(folder, name, NULL);
	struct conf_errors *e = conf_errors_new(file);
	g_autofree char *contents = conf_text_read(file, e), *unreadable = conf_errors_text(e);
	g_autoptr(GError) err = NULL;

	if (!contents)
		tell(wrong, g_strchomp(unreadable));
	else if (!add_template(c, name, contents, file, &err))
		tell(wrong, err->message);
	conf_errors_free(e);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_folder(struct conf *c, const char *folder, GString *wrong)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) err = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &err);
	const char *name;

	if (!dir) {
		tell(wrong, err->message);
		return;
	}
	while (names->len < TEMPLATES_MAX && (name = g_dir_read_name(dir)))
		if (is_template(name))
			g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++)
		read_template(c, folder, names->pdata[i], wrong);
}

void conf_build_cards(struct conf *c, const struct conf_block *m)
{
	g_autoptr(GString) wrong = g_string_new(NULL);

	c->template_dir = g_strdup(conf_text(m, KEY_main_template_dir));
	if (*c->template_dir)
		read_folder(c, c->template_dir, wrong);
	c->templates_wrong = wrong->len ? g_strdup(wrong->str) : NULL;
}

static bool has_file(const struct conf *c, const char *language, const char *suffix)
{
	g_autofree char *name = g_strconcat(language, suffix, NULL);
	g_autofree char *file = g_build_filename(c->template_dir, name, NULL);

	return *c->template_dir && g_file_test(file, G_FILE_TEST_EXISTS);
}

char *conf_language(const struct conf *c, const struct conf_block *b, enum conf_key_id key, struct conf_errors *e)
{
	const char *language = conf_text(b, key);

	/* One whose file is wrong has been told of; mails and texts go on in English. */
	if (!cards_has(c->roster->cards, language) && !has_file(c, language, ".words") &&
	    !has_file(c, language, TEXTS_SUFFIX))
		conf_wrong(e, conf_line(b, key), "language = \"%s\": there are no words of it; write en or de, or put a file "
			   "%s.words into template_dir, %s" TEXTS_SUFFIX " for texts", language, language, language);
	return g_strdup(language);
}
