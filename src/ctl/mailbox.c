#include "mailbox.h"

#include <string.h>

#include "err.h"
#include "mailfile.h"
#include "reader.h"

#define DEPTH_MAX 20
#define HEAD_MAX 65536

struct file {
	char *path;
	GBytes *octets;		/* standard input cannot be read twice; NULL: mapped when it is wanted */
};

struct entry {
	struct mailbox_mail mail;
	guint file;
	struct mailfile_span span;
};

struct mailbox {
	struct arena *a;
	GPtrArray *files;	/* struct file * */
	GPtrArray *entries;	/* struct entry *, in a */
	guint mapped_file;
	GMappedFile *mapped;	/* the file that was asked for last */
};

static void file_free(gpointer p)
{
	struct file *f = p;

	g_free(f->path);
	if (f->octets)
		g_bytes_unref(f->octets);
	g_free(f);
}

struct mailbox *mailbox_new(void)
{
	struct mailbox *m = g_new0(struct mailbox, 1);

	m->a = arena_new();
	m->files = g_ptr_array_new_with_free_func(file_free);
	m->entries = g_ptr_array_new();
	return m;
}

static void unmap(struct mailbox *m)
{
	if (m->mapped)
		g_mapped_file_unref(m->mapped);
	m->mapped = NULL;
}

void mailbox_free(struct mailbox *m)
{
	if (!m)
		return;
	unmap(m);
	g_ptr_array_unref(m->entries);
	g_ptr_array_unref(m->files);
	arena_free(m->a);
	g_free(m);
}

/* The octets of a file, valid until the next is asked for. */
static bool file_octets(struct mailbox *m, guint n, const char **octets_r, gsize *size_r, GError **err)
{
	const struct file *f = m->files->pdata[n];
	g_autoptr(GError) own = NULL;

	if (f->octets) {
		*octets_r = g_bytes_get_data(f->octets, size_r);
		return true;
	}
	if (!m->mapped || m->mapped_file != n) {
		unmap(m);
		m->mapped = g_mapped_file_new(f->path, FALSE, &own);
		m->mapped_file = n;
	}
	if (!m->mapped)
		return err_set(err, ERR_INPUT, "%s", own->message);
	*octets_r = g_mapped_file_get_contents(m->mapped);
	*size_r = g_mapped_file_get_length(m->mapped);
	return true;
}

static int64_t date_of(const char *mail, gsize size)
{
	AUTO_ARENA a = arena_new();
	g_autoptr(GBytes) bare = mailfile_unquote(mail, MIN(size, HEAD_MAX));
	gsize n;
	const char *head = g_bytes_get_data(bare, &n);

	return reader_read_headers(head ? head : "", n, a)->date;
}

static void add_mail(struct mailbox *m, const char *octets, const struct mailfile_span *span, guint number)
{
	const struct file *f = g_ptr_array_index(m->files, m->files->len - 1);
	struct entry *e = ARENA_NEW(m->a, struct entry);
	const struct entry *before = m->entries->len ? g_ptr_array_index(m->entries, m->entries->len - 1) : NULL;

	e->file = m->files->len - 1;
	e->span = *span;
	e->mail.name = number ? arena_printf(m->a, "%s#%u", f->path, number) : arena_strdup(m->a, f->path);
	e->mail.date = date_of(octets + span->offset, span->size);
	if (!e->mail.date && before)
		e->mail.date = before->mail.date;
	g_ptr_array_add(m->entries, e);
}

static bool add_mails(struct mailbox *m, GError **err)
{
	const struct file *f = g_ptr_array_index(m->files, m->files->len - 1);
	g_autoptr(GArray) spans = NULL;
	const char *octets;
	gsize size;

	if (!file_octets(m, m->files->len - 1, &octets, &size, err))
		return false;
	octets = octets ? octets : "";
	spans = mailfile_spans(octets, size);
	for (guint k = 0; k < spans->len; k++) {
		const struct mailfile_span *span = &g_array_index(spans, struct mailfile_span, k);

		if (m->entries->len == MAILBOX_MAX)
			return err_set(err, ERR_LIMIT, "%s: more than %d mails in all", f->path, MAILBOX_MAX);
		if (span->size > MAILFILE_MAX)
			return err_set(err, ERR_LIMIT, "%s: a mail in it is larger than 64 MiB", f->path);
		add_mail(m, octets, span, spans->len > 1 ? k + 1 : 0);
	}
	return true;
}

static bool add_file(struct mailbox *m, const char *path, GError **err)
{
	struct file *f = g_new0(struct file, 1);
	char *octets;
	gsize size;

	f->path = g_strdup(path);
	g_ptr_array_add(m->files, f);
	if (strcmp(path, "-") == 0) {
		if (!mailfile_read(path, &octets, &size, err))
			return false;
		f->octets = g_bytes_new_take(octets, size);
	}
	return add_mails(m, err);
}

static int by_name(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool add_folder(struct mailbox *m, const char *path, int depth, GError **err);

static bool add_path(struct mailbox *m, const char *path, int depth, GError **err)
{
	return g_file_test(path, G_FILE_TEST_IS_DIR) ? add_folder(m, path, depth, err) : add_file(m, path, err);
}

static bool add_folder(struct mailbox *m, const char *path, int depth, GError **err)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) own = NULL;
	GDir *dir = g_dir_open(path, 0, &own);
	const char *name;
	bool ok = true;

	if (!dir)
		return err_set(err, ERR_INPUT, "%s", own->message);
	while ((name = g_dir_read_name(dir)))
		if (*name != '.')
			g_ptr_array_add(names, g_build_filename(path, name, NULL));
	g_dir_close(dir);
	if (depth == DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "%s: folders in folders, %d deep", path, DEPTH_MAX);
	g_ptr_array_sort(names, by_name);
	for (guint k = 0; k < names->len && ok; k++)
		ok = add_path(m, names->pdata[k], depth + 1, err);
	return ok;
}

static int by_date(const void *one, const void *other, void *unused)
{
	const struct entry *x = *(struct entry *const *)one, *y = *(struct entry *const *)other;

	(void)unused;
	return (x->mail.date > y->mail.date) - (x->mail.date < y->mail.date);
}

bool mailbox_add(struct mailbox *m, const char *path, GError **err)
{
	guint before = m->entries->len;
	bool ok = add_path(m, path, 0, err);

	if (m->entries->len > before)	/* unlike qsort(), this one keeps equals in their order */
		g_qsort_with_data(m->entries->pdata + before, (gint)(m->entries->len - before), sizeof(gpointer), by_date,
				  NULL);
	return ok;
}

gsize mailbox_size(const struct mailbox *m)
{
	return m->entries->len;
}

const struct mailbox_mail *mailbox_mail(const struct mailbox *m, gsize n)
{
	return &((const struct entry *)m->entries->pdata[n])->mail;
}

GBytes *mailbox_read(struct mailbox *m, gsize n, GError **err)
{
	const struct entry *e = m->entries->pdata[n];
	const char *octets;
	gsize size;

	if (!file_octets(m, e->file, &octets, &size, err))
		return NULL;
	if (e->span.offset + e->span.size > size) {
		err_set(err, ERR_INPUT, "%s: was changed meanwhile", e->mail.name);
		return NULL;
	}
	return mailfile_unquote(octets ? octets + e->span.offset : "", e->span.size);
}
