/* ringback replay --compare: the same mails under two configurations, and only what is different. */
#include "cmd_replay.h"

#include <string.h>
#include <sysexits.h>

#include "text.h"

/* What became of a mail; strings in the arena of its side. */
enum { LINE, OWNER, VERDICT, MAILED, N_SAME_AT_ONCE };

static const char *const keys[] = { "line", "owner", "verdict", "mailed" };
G_STATIC_ASSERT(G_N_ELEMENTS(keys) == N_SAME_AT_ONCE);

struct fate {
	const char *name, *caller, *why;
	int64_t at;
	const char *words[N_SAME_AT_ONCE];	/* "" for none */
	const char *texted;			/* "anna 21:52, bob 22:07" */
};

struct side {
	struct arena *a;
	GPtrArray *fates;		/* struct fate *, by the number of the mail */
	const char *zone;
	struct replay_sums sums;
};

static const char *copy(const struct side *side, const char *s)
{
	return arena_strdup(side->a, s ? s : "");
}

static void keep_mail(void *user, const struct replay_mail *m)
{
	struct side *side = user;
	struct fate *f = ARENA_NEW(side->a, struct fate);
	const char *const words[N_SAME_AT_ONCE] = { m->line, m->owner, m->verdict, m->mailed };

	f->name = copy(side, m->name);
	f->caller = arena_strdup(side->a, m->caller);
	f->why = copy(side, m->why);
	f->at = m->at;
	f->texted = "";
	for (guint k = 0; k < N_SAME_AT_ONCE; k++)
		f->words[k] = copy(side, words[k]);
	g_ptr_array_add(side->fates, f);
}

static void keep_text(void *user, const struct replay_text *t)
{
	struct side *side = user;
	struct fate *f = t->mail == REPLAY_NO_MAIL ? NULL : side->fates->pdata[t->mail];
	char at[40];

	if (!f)
		return;
	text_time_zone(t->at, side->zone, at);
	f->texted = arena_printf(side->a, "%s%s%s %.16s", f->texted, *f->texted ? ", " : "",
				 t->person ? t->person : t->to, at);
}

/* A mail that could not be read has no fate on either side, so the numbers agree. */
static int play(const struct replay_settings *s, struct conf *conf, struct mailbox *mails, struct side *side)
{
	struct replay_settings own = *s;

	side->a = arena_new();
	side->fates = g_ptr_array_new();
	side->zone = s->conf->timezone;		/* one clock for both */
	own.conf = conf;
	own.mail = keep_mail;
	own.text = keep_text;
	own.user = side;
	return replay_run(&own, mails, &side->sums);
}

static void side_end(struct side *side)
{
	g_ptr_array_unref(side->fates);
	arena_free(side->a);
}

/* ---- what is different ---- */

static const char *shown(const char *s)
{
	return *s ? s : "-";
}

static void print_change(struct printer *out, const char *key, const char *before, const char *after)
{
	AUTO_ARENA a = arena_new();

	if (printer_json(out)) {
		printer_string(out, arena_printf(a, "%s_before", key), *before ? before : NULL);
		printer_string(out, arena_printf(a, "%s_after", key), *after ? after : NULL);
	} else if (strcmp(before, after) != 0) {
		printer_string(out, key, arena_printf(a, "%s -> %s", shown(before), shown(after)));
	}
}

static bool same(const struct fate *before, const struct fate *after)
{
	for (guint k = 0; k < N_SAME_AT_ONCE; k++)
		if (strcmp(before->words[k], after->words[k]) != 0)
			return false;
	return strcmp(before->texted, after->texted) == 0;
}

static void print_difference(struct printer *out, const struct fate *before, const struct fate *after, const char *zone)
{
	char at[40];

	printer_begin(out);
	printer_string(out, "event", "difference");
	printer_string(out, "file", before->name);
	printer_string(out, "at", text_time_zone(before->at, zone, at));
	printer_string(out, "caller", before->caller ? before->caller : after->caller);
	for (guint k = 0; k < N_SAME_AT_ONCE; k++)
		print_change(out, keys[k], before->words[k], after->words[k]);
	print_change(out, "texted", before->texted, after->texted);
	printer_string(out, "why_before", before->why);
	printer_string(out, "why_after", after->why);
	printer_end(out);
}

static gsize print_differences(struct printer *out, const struct side *before, const struct side *after)
{
	gsize n = 0;

	for (guint k = 0; k < MIN(before->fates->len, after->fates->len); k++) {
		if (same(before->fates->pdata[k], after->fates->pdata[k]))
			continue;
		print_difference(out, before->fates->pdata[k], after->fates->pdata[k], before->zone);
		n++;
	}
	return n;
}

int replay_compare(const struct replay_settings *s, struct conf *other, struct mailbox *mails, struct printer *out)
{
	struct side before = { 0 }, after = { 0 };
	int status = play(s, s->conf, mails, &before), more = play(s, other, mails, &after);
	gsize n = print_differences(out, &before, &after);

	if (!printer_json(out) && n)
		puts("");
	printer_line(out, "%zu of %zu mails would be treated otherwise", n, before.sums.mails);
	replay_print_sums(out, "before", &before.sums);
	replay_print_sums(out, "after", &after.sums);
	side_end(&before);
	side_end(&after);
	return status ? status : more;
}
