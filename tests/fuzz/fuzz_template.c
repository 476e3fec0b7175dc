/* Any file as a template and as a set of them: an error or words, in bounded time. */
#include <glib.h>
#include <stdint.h>

#include "template.h"

static const char *const names[] = { "name", "number", NULL };
static const char *const values[] = { "Jane", "" };
static const char *const keys[] = { "one", NULL };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GString) out = g_string_new(NULL);
	struct template *t = template_new(text, names, "fuzz", 1, NULL);
	struct template_set *s = template_set_new(text, keys, names, "fuzz", NULL);

	if (t)
		template_render(t, values, NULL, out);
	if (s)
		template_render(template_set_get(s, 0), values, NULL, out);
	template_free(t);
	template_set_free(s);
	return 0;
}
