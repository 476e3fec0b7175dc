/* Plays tests/scenario/ *.scn: a support case becomes a test by copying a mail. The language is in
 * tests/scenario/README. */
#include <string.h>

#include "clock.h"
#include "text.h"
#include "world.h"

struct play {
	const char *file;
	int line;
	struct world *world;
	struct arena *arena;
	struct decision *last;
	guint texts_seen, mails_seen;	/* `expect text` looks at those after this */
};

static G_NORETURN void give_up(const struct play *p, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void give_up(const struct play *p, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list ap;

	va_start(ap, format);
	what = g_strdup_vprintf(format, ap);
	va_end(ap);
	g_error("%s:%d: %s", p->file, p->line, what);
}

static int64_t seconds(const struct play *p, const char *word)
{
	int64_t s;

	if (!word || !text_to_seconds(word, &s))
		give_up(p, "'%s' is no duration", word ? word : "");
	return s;
}

/* ---- what happens ---- */

static void do_config(struct play *p, char **w)
{
	p->world = world_new(w[1], store_mem_new());
}

/* reload FILE [PROFILE]: the daemon reads its configuration again; PROFILE is one more, of the site's own PBX. */
static void do_reload(struct play *p, char **w)
{
	g_autofree char *file = g_test_build_filename(G_TEST_DIST, "scenario", w[1], NULL);
	g_autofree char *own = w[2] ? g_test_build_filename(G_TEST_DIST, "scenario", w[2], NULL) : NULL;
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(file, &err);

	g_assert_no_error(err);
	if (own) {
		g_assert_true(profile_file_add(c->profiles, own, &err));
		g_assert_no_error(err);
	}
	engine_set_conf(p->world->engine, conf_ref(c));
	conf_unref(p->world->conf);
	p->world->conf = c;
}

static void do_at(struct play *p, char **w)
{
	int64_t at;

	if (!text_to_time(w[1], &at))
		give_up(p, "'%s' is no time", w[1]);
	clock_fake(at);
}

static void do_mail(struct play *p, char **w)
{
	bool failed;

	p->last = world_mail(p->world, w[1], (const char *const *)w + 2, p->arena, &failed);
	if (failed)
		give_up(p, "the store failed");
}

static void do_pass(struct play *p, char **w)
{
	world_pass(p->world, seconds(p, w[1]));
}

static void do_reply(struct play *p, char **w)
{
	struct carrier_events *e = &p->world->texts.events;

	if (!e->received(e->user, "carrier", w[1], w[2]))
		give_up(p, "the reply was not taken");
	world_settle(p->world);
}

static void do_receipt(struct play *p, char **w)
{
	if (!world_receipt(p->world, g_str_equal(w[1], "delivered")))
		give_up(p, "the receipt was not taken");
	world_settle(p->world);
}

/* The carriers of these tests name the n-th text "id-n". */
static void do_early_receipt(struct play *p, char **w)
{
	struct carrier_events *e = &p->world->texts.events;
	g_autofree char *id = g_strdup_printf("id-%u", p->world->texts.sends + 1);
	struct receipt r = { .id = id, .from = "", .final = true, .delivered = true, .state = "DELIVRD" };

	(void)w;
	if (!e->receipted(e->user, "carrier", &r))
		give_up(p, "the early receipt was not taken");
}

static void do_carrier(struct play *p, char **w)
{
	static const char *const moods[] = { "sends", "later", "refuses", "unknown", "down", "silent", NULL };

	for (guint k = 0; moods[k]; k++)
		if (g_str_equal(w[1], moods[k])) {
			p->world->texts.mood = k;
			return;
		}
	give_up(p, "no such mood: %s", w[1]);
}

static void do_crash(struct play *p, char **w)
{
	(void)w;
	world_crash(p->world);
	world_settle(p->world);
}

static void do_command(struct play *p, char **w)
{
	static const char *const words[] = { "ack", "close", "assign", "tried", "snooze", "pass" };
	g_autoptr(GError) err = NULL;
	enum resolution resolution = RESOLUTION_CALLED_BACK;
	int64_t id = g_ascii_strtoll(w[2], NULL, 10);
	struct event order;

	for (guint k = 0; k < G_N_ELEMENTS(words); k++) {
		if (!g_str_equal(w[1], words[k]))
			continue;
		if (k == COMMAND_CLOSE && w[3])
			resolution_from_name(w[3], &resolution);
		order = (struct event){ .command = k, .by = "operator", .to = w[3], .resolution = resolution };
		if (k == COMMAND_SNOOZE)
			order.until = clock_now() + seconds(p, w[3]);
		if (!engine_order(p->world->engine, id, &order, p->arena, &p->last, &err))
			g_test_message("%s:%d: refused: %s", p->file, p->line, err->message);
		world_settle(p->world);
		return;
	}
	give_up(p, "no such command: %s", w[1]);
}

static bool think_override(struct store_tx *tx, void *user, GError **err)
{
	return tx_override_insert(tx, user, err);
}

static void do_override(struct play *p, char **w)
{
	struct override o = {
		.schedule = w[1], .person = w[2], .from = clock_now(), .to = clock_now() + seconds(p, w[3]),
		.created = clock_now(), .by = "operator"
	};

	if (store_run(p->world->store, think_override, &o, NULL) != STORE_DONE)
		give_up(p, "the override was not taken");
}

/* ---- what is expected ---- */

static const char *verdict_name(enum mail_verdict v)
{
	static const char *const names[] = { "pass", "edit", "audit", "swallow" };

	return names[v];
}

static void expect_mail(struct play *p, char **w)
{
	const char *is = p->last ? verdict_name(p->last->mail) : "none";

	if (!g_str_equal(is, w[2]))
		give_up(p, "mail is %s, not %s (%s)", is, w[2], p->last ? p->last->why : "");
}

static char *item_field(const struct item *i, const char *name)
{
	const struct { const char *name, *value; } strings[] = {
		{ "state", state_name(i->state) }, { "class", class_name(i->class) },
		{ "resolution", resolution_name(i->resolution) }, { "owner", i->owner }, { "line", i->line },
		{ "caller", i->caller }, { "reason", reason_name(i->reason) }, { "acked_by", i->acked_by },
		{ "policy", i->policy }, { "rule", i->rule }, { "urgency", urgency_name(i->urgency) }
	};

	for (guint k = 0; k < G_N_ELEMENTS(strings); k++)
		if (g_str_equal(name, strings[k].name))
			return g_strdup(strings[k].value ? strings[k].value : "-");
	if (g_str_equal(name, "calls"))
		return g_strdup_printf("%" G_GINT64_FORMAT, i->calls);
	if (g_str_equal(name, "attempts"))
		return g_strdup_printf("%" G_GINT64_FORMAT, i->attempts);
	if (g_str_equal(name, "step"))
		return g_strdup_printf("%" G_GINT64_FORMAT, i->step);
	return NULL;
}

static void expect_item(struct play *p, char **w)
{
	struct item *i = world_item(p->world, g_ascii_strtoll(w[2], NULL, 10), p->arena);

	if (!w[3]) {
		give_up(p, "what of it?");
	} else if (g_str_equal(w[3], "absent")) {
		if (i)
			give_up(p, "item %s is there", w[2]);
		return;
	}
	if (!i)
		give_up(p, "there is no item %s", w[2]);
	for (char **field = w + 3; *field; field++) {
		g_auto(GStrv) pair = g_strsplit(*field, "=", 2);
		g_autofree char *is = item_field(i, pair[0]);

		if (!is || g_strcmp0(is, pair[1]) != 0)
			give_up(p, "item %s: %s is %s, not %s", w[2], pair[0], is ? is : "unknown", pair[1]);
	}
}

static void expect_sent(struct play *p, GPtrArray *sent, guint *seen, const char *what, char **w)
{
	struct sent *s;

	if (*seen >= sent->len)
		give_up(p, "no further %s was sent", what);
	s = g_ptr_array_index(sent, (*seen)++);
	if (!g_str_equal(s->to, w[2]))
		give_up(p, "%s went to %s, not %s: %s", what, s->to, w[2], s->text);
	for (char **part = w + 3; *part; part++)
		if (!strstr(s->text, *part))
			give_up(p, "%s lacks '%s':\n%s", what, *part, s->text);
}

static void expect_text(struct play *p, char **w)
{
	expect_sent(p, p->world->texts.sent, &p->texts_seen, "text", w);
}

static void expect_note(struct play *p, char **w)
{
	expect_sent(p, p->world->mails.sent, &p->mails_seen, "note", w);
}

static void expect_nothing(struct play *p, char **w)
{
	(void)w;
	if (p->texts_seen < p->world->texts.sent->len) {
		struct sent *s = g_ptr_array_index(p->world->texts.sent, p->texts_seen);

		give_up(p, "a text went to %s: %s", s->to, s->text);
	}
}

static void expect_no_note(struct play *p, char **w)
{
	(void)w;
	if (p->mails_seen < p->world->mails.sent->len)
		give_up(p, "a note was sent: %s",
			((struct sent *)g_ptr_array_index(p->world->mails.sent, p->mails_seen))->text);
}

static void expect_journal(struct play *p, char **w)
{
	gsize n;
	struct journal_record **r = world_journal(p->world, g_ascii_strtoll(w[2], NULL, 10), p->arena, &n);
	g_autoptr(GString) all = g_string_new(NULL);

	for (gsize k = 0; k < n; k++) {
		if (g_str_equal(r[k]->what, w[3]))
			return;
		g_string_append_printf(all, " %s", r[k]->what);
	}
	give_up(p, "the journal of %s has no '%s':%s", w[2], w[3], all->str);
}

static void do_expect(struct play *p, char **w)
{
	static const struct {
		const char *what;
		void (*expect)(struct play *, char **);
	} table[] = {
		{ "mail", expect_mail }, { "item", expect_item }, { "text", expect_text }, { "note", expect_note },
		{ "silence", expect_nothing }, { "no-note", expect_no_note }, { "journal", expect_journal }
	};

	for (guint k = 0; k < G_N_ELEMENTS(table); k++)
		if (g_str_equal(w[1], table[k].what)) {
			table[k].expect(p, w);
			return;
		}
	give_up(p, "cannot expect '%s'", w[1]);
}

static const struct {
	const char *word;
	gsize words_min;
	void (*run)(struct play *, char **);
} verbs[] = {
	{ "config", 2, do_config }, { "reload", 2, do_reload }, { "at", 2, do_at }, { "mail", 3, do_mail },
	{ "pass", 2, do_pass }, { "reply", 3, do_reply }, { "receipt", 2, do_receipt },
	{ "early-receipt", 1, do_early_receipt }, { "carrier", 2, do_carrier },
	{ "crash", 1, do_crash }, { "command", 3, do_command }, { "override", 4, do_override }, { "expect", 2, do_expect }
};

static void play_line(struct play *p, const char *line)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) err = NULL;

	if (!g_shell_parse_argv(line, NULL, &words, &err)) {
		if (g_error_matches(err, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
			return;
		give_up(p, "%s", err->message);
	}
	for (guint k = 0; k < G_N_ELEMENTS(verbs); k++)
		if (g_str_equal(words[0], verbs[k].word)) {
			if (g_strv_length(words) < verbs[k].words_min)
				give_up(p, "%s needs more words", words[0]);
			verbs[k].run(p, words);
			return;
		}
	give_up(p, "unknown word '%s'", words[0]);
}

static void play_file(gconstpointer data)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "scenario", data, NULL);
	g_autofree char *script = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GError) err = NULL;
	AUTO_ARENA a = arena_new();
	struct play p = { .file = data, .arena = a };

	g_file_get_contents(path, &script, NULL, &err);
	g_assert_no_error(err);
	lines = g_strsplit(script, "\n", -1);
	for (char **l = lines; *l; l++) {
		p.line++;
		play_line(&p, *l);
	}
	g_assert_nonnull(p.world);
	world_free(p.world);
}

int main(int argc, char **argv)
{
	g_autoptr(GDir) dir = NULL;
	g_autofree char *path = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	g_test_init(&argc, &argv, NULL);
	g_log_set_always_fatal(G_LOG_FATAL_MASK);	/* carriers that fail are logged */
	path = g_test_build_filename(G_TEST_DIST, "scenario", NULL);
	dir = g_dir_open(path, 0, NULL);
	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".scn"))
			g_ptr_array_add(names, g_strdup(name));
	g_assert_cmpuint(names->len, >, 0);
	for (guint k = 0; k < names->len; k++) {
		g_autofree char *test = g_strdup_printf("/scenario/%s", (char *)names->pdata[k]);

		g_test_add_data_func(test, names->pdata[k], play_file);
	}
	return g_test_run();
}
