#include "pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "err.h"

#define GROUPS_MAX 64		/* of one pattern, with those that have no name */
#define MATCH_LIMIT 20000
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT_KIB 1024

struct pattern {
	pcre2_code *code;
	guint n_groups;
	guint entry_size;
	const unsigned char *names;	/* two octets of number, then the name (pcre2api, PCRE2_INFO_NAMETABLE) */
};

struct pattern_scratch {
	pcre2_match_data *data;
	pcre2_match_context *limits;
	const char *text;
};

static pcre2_code *compile(const char *regex, GError **err)
{
	const uint32_t options = PCRE2_UTF | PCRE2_MULTILINE | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C;
	unsigned char message[128];
	PCRE2_SIZE at;
	int code;
	pcre2_code *c = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, options, &code, &at, NULL);

	if (!c) {
		pcre2_get_error_message(code, message, sizeof(message));
		err_set(err, ERR_CONF, "pattern '%s': %s at character %zu", regex, (char *)message, (size_t)at + 1);
	}
	return c;
}

struct pattern *pattern_new(const char *regex, GError **err)
{
	pcre2_code *code = compile(regex, err);
	struct pattern *p;
	uint32_t n, names, size;

	if (!code)
		return NULL;
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &n);
	if (n >= GROUPS_MAX) {
		pcre2_code_free(code);
		err_set(err, ERR_CONF, "pattern '%s': more than %d groups", regex, GROUPS_MAX - 1);
		return NULL;
	}
	p = g_new0(struct pattern, 1);
	p->code = code;
	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &names);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &p->names);
	p->n_groups = names;
	p->entry_size = size;
	/* Where the machine has no JIT, the interpreter does it, more slowly. */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return p;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_code_free(p->code);
	g_free(p);
}

guint pattern_groups(const struct pattern *p)
{
	return p->n_groups;
}

const char *pattern_group_name(const struct pattern *p, guint i)
{
	g_assert(i < p->n_groups);
	return (const char *)p->names + i * p->entry_size + 2;
}

struct pattern_scratch *pattern_scratch_new(void)
{
	struct pattern_scratch *s = g_new0(struct pattern_scratch, 1);

	s->data = pcre2_match_data_create(GROUPS_MAX, NULL);
	s->limits = pcre2_match_context_create(NULL);
	g_assert(s->data && s->limits);
	pcre2_set_match_limit(s->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(s->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(s->limits, HEAP_LIMIT_KIB);
	return s;
}

void pattern_scratch_free(struct pattern_scratch *s)
{
	if (!s)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->limits);
	g_free(s);
}

/* At most max octets, ending between two characters. */
static gsize bounded(const char *text, gsize max)
{
	gsize n = strnlen(text, max + 1);

	if (n <= max)
		return n;
	for (n = max; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

bool pattern_holds(const struct pattern *p, struct pattern_scratch *s, const char *text, gsize size_max)
{
	gsize n = bounded(text, size_max);
	int found = pcre2_match(p->code, (PCRE2_SPTR)text, n, 0, PCRE2_NO_UTF_CHECK, s->data, s->limits);

	/* The JIT code's stack is 32 KiB; the interpreter has the heap, within its limit. */
	if (found == PCRE2_ERROR_JIT_STACKLIMIT)
		found = pcre2_match(p->code, (PCRE2_SPTR)text, n, 0, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, s->data,
				    s->limits);
	s->text = text;
	return found > 0;
}

bool pattern_group(const struct pattern *p, const struct pattern_scratch *s, guint i, const char **start_r,
		   gsize *size_r)
{
	const unsigned char *entry = p->names + i * p->entry_size;
	guint number = (guint)entry[0] << 8 | entry[1];
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(s->data);
	PCRE2_SIZE from = pairs[2 * number], to = pairs[2 * number + 1];

	/* \K in a look-ahead can put the end before the start. */
	if (from == PCRE2_UNSET || from >= to)
		return false;
	*start_r = s->text + from;
	*size_r = to - from;
	return true;
}
