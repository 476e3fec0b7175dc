/* Octets of a mail to a letter: never crashes, and what it gives is valid UTF-8 within the limits. */
#include <string.h>

#include "reader.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	reader_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	const struct letter *l = reader_read((const char *)data, size, NULL, a);

	for (gsize i = 0; i < l->n_headers; i++)
		g_assert_true(g_utf8_validate(l->headers[i].value, -1, NULL) && !strpbrk(l->headers[i].value, "\r\n"));
	for (gsize i = 0; i < l->n_parts; i++)
		g_assert_true(g_utf8_validate(l->parts[i].filename ? l->parts[i].filename : "", -1, NULL));
	g_assert_true(g_utf8_validate(l->text, -1, NULL) && strlen(l->text) <= reader_default_limits.text_max);
	g_assert_true(g_utf8_validate(l->html, -1, NULL) && strlen(l->html) <= reader_default_limits.text_max);
	reader_read_headers((const char *)data, size, a);
	return 0;
}
