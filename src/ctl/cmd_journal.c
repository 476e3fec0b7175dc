/* ringback journal: is the record what was written? See chain.h. */
#include <getopt.h>
#include <string.h>
#include <sysexits.h>

#include "command.h"
#include "progress.h"

#define SLICE 50000

struct check {
	struct sha256 *sha256;
	struct chain_head head, end;	/* how far it is right; what the store says of its end */
	struct chain_head witness;	/* of --head; id 0: none */
	bool witnessed;
	const char *wrong;		/* static; NULL: nothing yet */
	int64_t wrong_id;
	int64_t after, last;
};

static void look_at_witness(struct check *c)
{
	if (c->head.id != c->witness.id)
		return;
	c->witnessed = memcmp(c->head.hash, c->witness.hash, SHA256_SIZE) == 0;
	if (!c->witnessed) {
		c->wrong = "it is not the one that the given head is of";
		c->wrong_id = c->head.id;
	}
}

static bool visit(const struct journal_record *j, const struct chain_link *l, void *user)
{
	struct check *c = user;

	c->wrong = chain_check(c->sha256, &c->head, j, l);
	c->wrong_id = j->id;
	if (!c->wrong && c->witness.id)
		look_at_witness(c);
	return !c->wrong;
}

static bool think_slice(struct store_tx *tx, void *user, GError **err)
{
	struct check *c = user;

	return tx_journal_walk(tx, c->after, SLICE, visit, c, &c->last, err);
}

static bool think_end(struct store_tx *tx, void *user, GError **err)
{
	return tx_journal_head(tx, &((struct check *)user)->end, err);
}

static bool walk(struct command_work *w, struct check *c, GError **err)
{
	struct progress *p;

	if (store_read(w->store, think_end, c, err) != STORE_DONE)
		return false;
	p = progress_new("verifying", c->end.id);
	do {
		c->after = c->last;
		if (store_read(w->store, think_slice, c, err) != STORE_DONE) {
			progress_free(p);
			return false;
		}
		progress_to(p, c->last);
	} while (c->last && !c->wrong);
	progress_free(p);
	return true;
}

static int judge(struct check *c, struct printer *out)
{
	char head[CHAIN_HEAD_TEXT];

	if (c->wrong)
		return command_fail(EX_DATAERR, "the journal was changed: record %" G_GINT64_FORMAT ": %s", c->wrong_id,
				    c->wrong);
	if (c->head.id < c->end.written)
		return command_fail(EX_DATAERR, "the journal was changed: it ends with record %" G_GINT64_FORMAT
				    ", and %" G_GINT64_FORMAT " were written", c->head.id, c->end.written);
	if (c->witness.id && !c->witnessed)
		return command_fail(EX_DATAERR, "the journal was changed: it ends with record %" G_GINT64_FORMAT
				    ", before the given head", c->head.id);
	chain_head_text(&c->head, head);
	printer_begin(out);
	printer_int(out, "records", c->head.id);
	printer_string(out, "head", head);
	printer_bool(out, "whole", true);
	printer_end(out);
	return EX_OK;
}

static int verify(struct command_env *env, struct command_work *w, struct check *c)
{
	g_autoptr(GError) err = NULL;
	int code;

	c->sha256 = sha256_new();
	code = walk(w, c, &err) ? judge(c, env->out) : command_fail(EX_TEMPFAIL, "%s", err->message);
	sha256_free(c->sha256);
	return code;
}

static int head(struct command_env *env, struct command_work *w, struct check *c)
{
	g_autoptr(GError) err = NULL;
	char text[CHAIN_HEAD_TEXT];

	if (store_read(w->store, think_end, c, &err) != STORE_DONE)
		return command_fail(EX_TEMPFAIL, "%s", err->message);
	chain_head_text(&c->end, text);
	printer_begin(env->out);
	printer_int(env->out, "records", c->end.id);
	printer_string(env->out, "head", text);
	printer_end(env->out);
	return EX_OK;
}

static bool options(struct check *c, int argc, char **argv)
{
	static const struct option table[] = { { "head", required_argument, NULL, 'h' }, { 0 } };
	int o;

	optind = 0;
	while ((o = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (o != 'h')
			return false;
		if (!chain_head_read(optarg, &c->witness) || !c->witness.id) {
			command_fail(EX_USAGE, "'%s' is no head; write 4711: and 64 hex digits, as ringback journal head does",
				     optarg);
			return false;
		}
	}
	return optind + 1 == argc;
}

static int run(struct command_env *env, int argc, char **argv)
{
	struct command_work w = { 0 };
	struct check c = { 0 };
	bool verifies;
	int code;

	if (!options(&c, argc, argv))
		return command_usage(&cmd_journal);
	verifies = strcmp(argv[optind], "verify") == 0;
	if (!verifies && (strcmp(argv[optind], "head") != 0 || c.witness.id))
		return command_usage(&cmd_journal);
	code = command_open(env, &w);
	if (!code)
		code = verifies ? verify(env, &w, &c) : head(env, &w, &c);
	command_end(&w);
	return code;
}

const struct command_def cmd_journal = {
	.name = "journal",
	.arguments = "[--json] verify [--head HEAD] | head",
	.help = "prove that no record was changed or taken out",
	.run = run,
	.details = "  verify       follows the chain of hashes from the first record to the last\n"
		   "  --head HEAD  as a report's mail had it: that record must still be there\n"
		   "  head         where the chain ends now\n",
};
