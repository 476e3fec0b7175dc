#include "conf_errors.h"

#define ERRORS_MAX 200

struct wrong {
	guint file;		/* the order of the files: 0 is the first */
	int line;
	guint number;		/* keeps the order of those of one line */
	char *text;
};

struct conf_errors {
	const char *file;
	const char *entered;	/* NULL: still in the first */
	GPtrArray *others;	/* const char *: all that were entered */
	guint rank;		/* of the one that is */
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

	e->file = g_intern_string(file);
	e->others = g_ptr_array_new();
	e->list = g_array_new(FALSE, FALSE, sizeof(struct wrong));
	g_array_set_clear_func(e->list, wrong_clear);
	return e;
}

void conf_errors_free(struct conf_errors *e)
{
	g_array_unref(e->list);
	g_ptr_array_unref(e->others);
	g_free(e);
}

void conf_errors_enter(struct conf_errors *e, const char *file)
{
	e->entered = file;
	e->rank = 0;
	if (!file)
		return;
	if (!g_ptr_array_find_with_equal_func(e->others, file, g_str_equal, &e->rank))
		e->rank = e->others->len;
	if (e->rank == e->others->len)
		g_ptr_array_add(e->others, (gpointer)file);
	e->rank++;
}

struct place conf_errors_place(const struct conf_errors *e, int line)
{
	return (struct place){ e->entered ? e->entered : e->file, line };
}

bool conf_errors_full(const struct conf_errors *e)
{
	return e->list->len >= ERRORS_MAX;
}

static void add(struct conf_errors *e, guint file, int line, char *text)
{
	struct wrong w = { file, line, e->count++, text };

	if (e->list->len < ERRORS_MAX)
		g_array_append_val(e->list, w);
	else
		g_free(text);
}

void conf_wrong(struct conf_errors *e, int line, const char *format, ...)
{
	const char *file = e ? conf_errors_place(e, line).file : NULL;
	g_autofree char *what = NULL;
	va_list ap;

	if (!e)
		return;
	va_start(ap, format);
	what = g_strdup_vprintf(format, ap);
	va_end(ap);
	add(e, e->rank, line, line ? g_strdup_printf("%s:%d: %s", file, line, what)
				   : g_strdup_printf("%s: %s", file, what));
}

void conf_wrong_elsewhere(struct conf_errors *e, const char *message)
{
	add(e, G_MAXUINT, 0, g_strdup(message));
}

guint conf_errors_count(const struct conf_errors *e)
{
	return e->count;
}

static int compare(gconstpointer a, gconstpointer b)
{
	const struct wrong *one = a, *other = b;

	if (one->file != other->file)
		return one->file < other->file ? -1 : 1;
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
