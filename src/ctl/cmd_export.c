/* ringback export: all of it for others. Items as vCon files, the journal as JSON lines with its chain. */
#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command.h"
#include "progress.h"
#include "render.h"
#include "text.h"

#define SLICE 1000

struct out {
	struct command_work *w;
	struct arena *a;		/* of one record */
	const char *folder;
	FILE *journal;
	int64_t after, last;
	GError *err;			/* what went wrong with a file */
};

static bool file_failed(struct out *o, const char *file)
{
	g_set_error(&o->err, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", file, g_strerror(errno));
	return false;
}

static bool visit_item(const struct item *i, void *user)
{
	struct out *o = user;
	g_autofree char *name = NULL, *file = NULL;
	const char *vcon;

	arena_reset(o->a);
	name = g_strdup_printf("%s.vcon.json", render_item_id(o->a, o->w->conf->roster, i->id));
	file = g_build_filename(o->folder, "items", name, NULL);
	vcon = render_item_vcon(o->a, o->w->conf->roster, i);
	return g_file_set_contents_full(file, vcon, (gssize)strlen(vcon), G_FILE_SET_CONTENTS_NONE, 0600, &o->err);
}

static json_t *octets(const uint8_t *from, gsize n)
{
	char text[2 * SHA256_SIZE + 1];

	hex_text(from, n, text);
	return json_string(text);
}

static json_t *words(struct arena *a, const char *s)
{
	return s ? json_string(text_utf8(a, s, strlen(s))) : json_null();
}

static bool visit_record(const struct journal_record *j, const struct chain_link *l, void *user)
{
	struct out *o = user;
	json_t *r = json_object();
	bool ok;

	arena_reset(o->a);
	json_object_set_new(r, "id", json_integer(j->id));
	json_object_set_new(r, "item", j->item ? json_integer(j->item) : json_null());
	json_object_set_new(r, "at", json_integer(j->at));
	json_object_set_new(r, "who", words(o->a, j->who));
	json_object_set_new(r, "what", words(o->a, j->what));
	json_object_set_new(r, "how", words(o->a, j->how));
	json_object_set_new(r, "why", words(o->a, j->why));
	if (l->size == CHAIN_LINK)
		json_object_set_new(r, "salt", octets(l->octets, CHAIN_SALT));
	if (l->size == CHAIN_FORGOTTEN)
		json_object_set_new(r, "commitment", octets(l->octets, SHA256_SIZE));
	if (l->size >= SHA256_SIZE)
		json_object_set_new(r, "hash", octets(l->octets + l->size - SHA256_SIZE, SHA256_SIZE));
	ok = json_dumpf(r, o->journal, JSON_COMPACT | JSON_PRESERVE_ORDER) == 0 && fputc('\n', o->journal) != EOF;
	json_decref(r);
	return ok || file_failed(o, "journal.jsonl");
}

static bool think_items(struct store_tx *tx, void *user, GError **err)
{
	struct out *o = user;

	return tx_items_walk(tx, o->after, SLICE, visit_item, o, &o->last, err);
}

static bool think_records(struct store_tx *tx, void *user, GError **err)
{
	struct out *o = user;

	return tx_journal_walk(tx, o->after, SLICE, visit_record, o, &o->last, err);
}

static bool pass_on(struct out *o, GError **err)
{
	g_propagate_error(err, g_steal_pointer(&o->err));
	return false;
}

static bool walk(struct out *o, store_think slice, GError **err)
{
	struct progress *p = progress_new("export", 0);
	bool ok;

	o->last = 0;
	do {
		o->after = o->last;
		ok = store_read(o->w->store, slice, o, err) == STORE_DONE;
		progress_to(p, o->last);
	} while (ok && o->last && !o->err);
	progress_free(p);
	return o->err ? pass_on(o, err) : ok;
}

static bool export_all(struct out *o, GError **err)
{
	g_autofree char *items = g_build_filename(o->folder, "items", NULL);
	g_autofree char *journal = g_build_filename(o->folder, "journal.jsonl", NULL);
	bool ok;

	/* What callers said is nobody else's business. */
	if (g_mkdir_with_parents(items, 0700) != 0)
		return file_failed(o, items), pass_on(o, err);
	o->journal = fopen(journal, "w");
	if (!o->journal || g_chmod(journal, 0600) != 0)
		return file_failed(o, journal), pass_on(o, err);
	ok = walk(o, think_items, err) && walk(o, think_records, err);
	if (fclose(o->journal) != 0 && ok)
		return file_failed(o, journal), pass_on(o, err);
	return ok;
}

static int run(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	struct out o = { .w = &w };
	g_autoptr(GError) err = NULL;
	int code;

	if (argc != 2 || argv[1][0] == '-')
		return command_usage(&cmd_export);
	code = command_open(env, &w);
	if (!code) {
		o.folder = argv[1];
		o.a = arena_new();
		code = export_all(&o, &err) ? EX_OK : command_fail(EX_CANTCREAT, "%s", err->message);
		arena_free(o.a);
	}
	command_end(&w);
	return code;
}

const struct command_def cmd_export = {
	.name = "export",
	.arguments = "FOLDER",
	.help = "items as vCon files, the journal as JSON lines",
	.run = run,
	.details = "  FOLDER gets items/RB-17.vcon.json and so on, and journal.jsonl with hashes and salts.\n"
		   "  Files of these names are overwritten.\n",
};
