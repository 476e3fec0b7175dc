/* conf_files.h - small configuration files for tests, in a folder of their own. */
#ifndef RINGBACK_TEST_CONF_FILES_H
#define RINGBACK_TEST_CONF_FILES_H

#include <glib.h>
#include <glib/gstdio.h>

/* What every good file needs. Rows add to it; it has no line break, so that they begin in line 1. */
#define PEOPLE "person anna { mail = anna@example.com phone = \"+447700900123\" } person bob { mail = b@example.com } "
#define LINE "line main { owner = anna } "
#define TOP "sources = { sendmail } audit = calls@example.com "
#define GOOD TOP PEOPLE LINE

static char *folder;

static inline char *write_file(const char *name, const char *text, int mode)
{
	char *file = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	g_assert_cmpint(g_chmod(file, mode), ==, 0);
	return file;
}

#endif
