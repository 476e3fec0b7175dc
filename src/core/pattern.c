#include "pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "err.h"

#define GROUPS_MAX 64		/* of one pattern, with those that have no name */
#define SHARE 8			/* of all steps, the part that one match may take */
#define RUN 16			/* characters that a repeat passes in the time of a step */
#define JIT_STACK_FIRST (32 * 1024)
#define JIT_STACK_MAX (512 * 1024)
#define DEPTH_LIMIT 2000	/* these two where there is no JIT */
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
	pcre2_jit_stack *stack;		/* NULL until the machine's own was too small */
	const char *text;
	guint64 steps, steps_max;
	guint64 match_max;		/* what steps may be at the end of this match */
	gsize at;			/* where the last step was */
	bool exhausted;
};

/* PCRE2's own limits are for each place in the text at which a match may begin, and say nothing of what was used. So it
 * calls this before each item of the expression, however often it comes back to it. */
static int count_step(pcre2_callout_block *b, void *data)
{
	struct pattern_scratch *s = data;
	gsize passed = b->current_position > s->at ? b->current_position - s->at : 0;

	s->steps += 1 + passed / RUN;
	s->at = b->current_position;
	return s->steps <= s->match_max ? 0 : PCRE2_ERROR_MATCHLIMIT;
}

static pcre2_code *compile(const char *regex, GError **err)
{
	const uint32_t options = PCRE2_UTF | PCRE2_MULTILINE | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C |
				 PCRE2_AUTO_CALLOUT;
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

struct pattern_scratch *pattern_scratch_new(guint64 steps_max)
{
	struct pattern_scratch *s = g_new0(struct pattern_scratch, 1);

	s->data = pcre2_match_data_create(GROUPS_MAX, NULL);
	s->limits = pcre2_match_context_create(NULL);
	g_assert(s->data && s->limits);
	pcre2_set_callout(s->limits, count_step, s);
	pcre2_set_depth_limit(s->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(s->limits, HEAP_LIMIT_KIB);
	s->steps_max = steps_max;
	return s;
}

void pattern_scratch_free(struct pattern_scratch *s)
{
	if (!s)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->limits);
	pcre2_jit_stack_free(s->stack);
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

static int match(const struct pattern *p, struct pattern_scratch *s, const char *text, gsize n)
{
	s->at = 0;
	return pcre2_match(p->code, (PCRE2_SPTR)text, n, 0, PCRE2_NO_UTF_CHECK, s->data, s->limits);
}

bool pattern_holds(const struct pattern *p, struct pattern_scratch *s, const char *text, gsize size_max)
{
	gsize n = bounded(text, size_max);
	int found;

	s->steps += 1 + n / (RUN * RUN);	/* to look for what a match begins with */
	s->match_max = MIN(s->steps + s->steps_max / SHARE, s->steps_max);
	if (s->steps >= s->steps_max) {
		s->exhausted = true;
		return false;
	}
	found = match(p, s, text, n);
	if (found == PCRE2_ERROR_JIT_STACKLIMIT && !s->stack) {
		s->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL);
		pcre2_jit_stack_assign(s->limits, NULL, s->stack);
		found = match(p, s, text, n);
	}
	s->exhausted |= s->steps > s->steps_max;
	s->text = text;
	return found > 0;
}

guint64 pattern_steps(const struct pattern_scratch *s)
{
	return s->steps;
}

bool pattern_exhausted(const struct pattern_scratch *s)
{
	return s->exhausted;
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
