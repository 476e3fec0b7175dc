#include "conf_errors.h"

#define ERRORS_MAX 200

struct wrong {
	int line;
	guint number;		/* keeps the order of those of one line */
	char *text;
};

struct conf_errors {
	char *file;
	GArray *list;		/* struct wrong */
	guint count;
};

static void wrong_clear(gpointer p)
{
	g_free(((struct wrong *)p)->text);
}

struct conf_errors *conf_errors_new(const char *file)
{
	struct conf_errors *e = g_new0(struct conf_errors, 1);

	e->file = g_strdup(file);
	e->list = g_array_new(FALSE, FALSE, sizeof(struct wrong));
	g_array_set_clear_func(e->list, wrong_clear);
	return e;
}

void conf_errors_free(struct conf_errors *e)
{
	g_array_unref(e->list);
	g_free(e->file);
	g_free(e);
}

static void add(struct conf_errors *e, int line, char *text)
{
	struct wrong w = { line, e->count++, text };

	if (e->list->len < ERRORS_MAX)
		g_array_append_val(e->list, w);
	else
		g_free(text);
}

void conf_wrong(struct conf_errors *e, int line, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list ap;

	va_start(ap, format);
	what = g_strdup_vprintf(format, ap);
	va_end(ap);
	add(e, line, line ? g_strdup_printf("%s:%d: %s", e->file, line, what)
			  : g_strdup_printf("%s: %s", e->file, what));
}

void conf_wrong_elsewhere(struct conf_errors *e, const char *message)
{
	add(e, G_MAXINT, g_strdup(message));
}

guint conf_errors_count(const struct conf_errors *e)
{
	return e->count;
}

static int compare(gconstpointer a, gconstpointer b)
{
	const struct wrong *one = a, *other = b;

	if (one->line != other->line)
		return one->line < other->line ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

char *conf_errors_text(struct conf_errors *e)
{
	GString *out = g_string_new(NULL);

	g_array_sort(e->list, compare);
	for (guint i = 0; i < e->list->len; i++)
		g_string_append_printf(out, "%s%s", i ? "\n" : "", g_array_index(e->list, struct wrong, i).text);
	if (e->count > e->list->len)
		g_string_append_printf(out, "\n%s: and %u more", e->file, e->count - e->list->len);
	return g_string_free(out, FALSE);
}
