/* ringback profile new: a profile drafted from sample mails. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd_profile.h"
#include "draft.h"
#include "err.h"
#include "mailfile.h"
#include "reader.h"

#define SAMPLE_MAX (4 * 1024 * 1024)	/* octets of one; what is beyond is recordings */

struct samples {
	struct draft_sample samples[DRAFT_SAMPLES_MAX];
	guint n;
	bool more;		/* than were taken */
};

static void take_mail(struct samples *s, struct arena *a, const char *file, guint number, guint count, GBytes *mail)
{
	gsize size;
	const char *octets = g_bytes_get_data(mail, &size);

	if (s->n == DRAFT_SAMPLES_MAX) {
		s->more = true;
		return;
	}
	s->samples[s->n++] = (struct draft_sample){
		.name = count == 1 ? file : arena_printf(a, "%s, mail %u", file, number),
		.letter = reader_read(octets ? octets : "", MIN(size, SAMPLE_MAX), NULL, a),
	};
}

static bool take_file(struct samples *s, struct arena *a, const char *file, GError **err)
{
	g_autofree char *text = NULL;
	g_autoptr(GPtrArray) mails = NULL;
	gsize size;

	if (!mailfile_read(file, &text, &size, err))
		return false;
	mails = mailfile_split(text, size, DRAFT_SAMPLES_MAX + 1);
	for (guint i = 0; i < mails->len; i++)
		take_mail(s, a, file, i + 1, mails->len, mails->pdata[i]);
	return true;
}

/* "my-pbx" of "/etc/ringback/profiles/my-pbx.conf". */
static const char *name_of(struct arena *a, const struct profile_options *o)
{
	g_autofree char *base = o->output ? g_path_get_basename(o->output) : g_strdup("my-pbx");

	if (o->name)
		return o->name;
	if (g_str_has_suffix(base, ".conf"))
		base[strlen(base) - strlen(".conf")] = 0;
	return arena_strdup(a, draft_name(base) ? base : "my-pbx");
}

static int write_file(const struct profile_options *o, const char *text)
{
	int fd = open(o->output, O_WRONLY | O_CREAT | O_CLOEXEC | (o->force ? O_TRUNC : O_EXCL), 0644);
	bool good = fd >= 0;
	gsize size = strlen(text), at = 0;

	if (!good && errno == EEXIST)
		return command_fail(EX_CANTCREAT, "%s is there already; --force overwrites it", o->output);
	while (good && at < size) {
		gssize n = write(fd, text + at, size - at);

		good = n > 0 || errno == EINTR;
		at += n > 0 ? (gsize)n : 0;
	}
	if (fd >= 0 && close(fd) != 0)
		good = false;
	return good ? EX_OK : command_fail(EX_CANTCREAT, "%s: %s", o->output, g_strerror(errno));
}

static int draft(const struct profile_options *o, const struct conf *conf, const struct samples *s, struct arena *a)
{
	struct profile_context where = profile_where(conf, o);
	struct draft_options options = { name_of(a, o), where.region, where.zone };
	g_autoptr(GError) err = NULL;
	const char *text = draft_profile(s->samples, s->n, &options, a, &err);

	if (!text)
		return command_fail(EX_DATAERR, "%s", err->message);
	if (s->more)
		fprintf(stderr, "ringback profile new: only the first %d mails were looked at\n",
			DRAFT_SAMPLES_MAX);
	if (o->output)
		return write_file(o, text);
	fputs(text, stdout);
	return EX_OK;
}

static int draft_files(const struct profile_options *o, const struct conf *conf, char **files)
{
	AUTO_ARENA a = arena_new();
	struct samples s = { .n = 0 };

	reader_init();
	for (; *files; files++) {
		g_autoptr(GError) err = NULL;

		if (!take_file(&s, a, *files, &err))
			return command_fail(EX_NOINPUT, "%s", err->message);
	}
	return draft(o, conf, &s, a);
}

int profile_new(struct command_env *env, int argc, char **argv)
{
	struct profile_options o = { .region = NULL };
	struct conf *conf;
	int code;

	if (!profile_options(&o, "nofrz", argc, argv) || optind >= argc)
		return command_usage(&cmd_profile);
	if (o.name && !draft_name(o.name))
		return command_fail(EX_USAGE,
				    "'%s' cannot name a profile: letters, digits, - and _, at most 60", o.name);
	if (!profile_conf(env, &o, false, &conf))
		return EX_CONFIG;
	code = draft_files(&o, conf, argv + optind);
	conf_unref(conf);
	return code;
}
