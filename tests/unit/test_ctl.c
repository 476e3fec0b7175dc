/* The printer's two faces, and the control socket with good and bad clients. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"
#include "mailfile.h"
#include "err.h"
#include "printer.h"

/* ---- printer ---- */

struct print_row {
	const char *name;
	bool json, columns;
	const char *expected;
};

static const struct print_row print_rows[] = {
	{ "json", true, false,
	  "{\"id\":\"RB-1\",\"name\":\"\\u001B[31mEvil\\nName \\\"x\\\"\",\"calls\":-3,\"up\":true,\"none\":null,"
	  "\"latin\":\"M\xc3\xbcller\"}\n" },
	{ "json with columns", true, true,
	  "{\"id\":\"RB-1\",\"name\":\"\\u001B[31mEvil\\nName \\\"x\\\"\",\"calls\":-3,\"up\":true,\"none\":null,"
	  "\"latin\":\"M\xc3\xbcller\"}\n" },
	{ "record", false, false,
	  "id               RB-1\nname             [31mEvil\n                 Name \"x\"\ncalls            -3\n"
	  "up               yes\nnone             -\nlatin            M\xc3\xbcller\na line  [1m\n" },
	{ "columns", false, true,
	  "ID     CALLS  NAME\nRB-1   -3     [31mEvil Name \"x\"\na line  [1m\n" },
};

static char *printed(const struct print_row *row)
{
	static const char *const keys[] = { "id", "calls", "name", NULL };
	static const int widths[] = { 5, 2, 1 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct printer *p = printer_new(out, row->json);

	if (row->columns)
		printer_columns(p, keys, widths);
	printer_begin(p);
	printer_string(p, "id", "RB-1");
	printer_string(p, "name", "\033[31mEvil\nName \"x\"");
	printer_int(p, "calls", -3);
	printer_bool(p, "up", true);
	printer_string(p, "none", NULL);
	printer_string(p, "latin", "M\xfcller");
	printer_end(p);
	printer_line(p, "a line %s", "\033[1m");
	printer_free(p);
	fclose(out);
	return text;
}

static void test_printer(gconstpointer data)
{
	const struct print_row *row = data;
	char *text = printed(row);

	g_assert_cmpstr(text, ==, row->expected);
	free(text);
}

/* ---- control ---- */

struct desk {
	char *dir, *path;
	struct control *control;
	gint asked;
};

static char *answer(void *user, const char *request)
{
	g_atomic_int_inc(&((struct desk *)user)->asked);
	return g_strdup_printf("{\"you\":\"%s\"}", request);
}

static void desk_open(struct desk *d)
{
	g_autoptr(GError) err = NULL;

	*d = (struct desk){ .dir = g_dir_make_tmp("ringback-XXXXXX", NULL) };
	d->path = g_build_filename(d->dir, "milter.ctl", NULL);
	d->control = control_start(d->path, answer, d, &err);
	g_assert_no_error(err);
}

static void desk_close(struct desk *d)
{
	control_stop(d->control);
	g_assert_false(g_file_test(d->path, G_FILE_TEST_EXISTS));
	g_assert_cmpint(g_rmdir(d->dir), ==, 0);
	g_free(d->path);
	g_free(d->dir);
}

static void assert_answers(struct desk *d, const char *request)
{
	g_autoptr(GError) err = NULL;
	g_autofree char *said = control_ask(d->path, request, &err);
	g_autofree char *expected = g_strdup_printf("{\"you\":\"%s\"}", request);

	g_assert_no_error(err);
	g_assert_cmpstr(said, ==, expected);
}

static int knock(const struct desk *d, const char *words)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	g_strlcpy(a.sun_path, d->path, sizeof(a.sun_path));
	g_assert_cmpint(connect(fd, (struct sockaddr *)&a, sizeof(a)), ==, 0);
	g_assert_cmpint(send(fd, words, strlen(words), MSG_NOSIGNAL), ==, (gssize)strlen(words));
	return fd;
}

static void test_control(void)
{
	struct desk d;
	struct stat st;

	desk_open(&d);
	g_assert_cmpint(stat(d.path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0660);
	for (int i = 0; i < 20; i++)
		assert_answers(&d, i % 2 ? "status" : "wake");
	g_assert_cmpint(g_atomic_int_get(&d.asked), ==, 20);
	desk_close(&d);
}

/* Clients that go away at once, in the middle, before they read; and one that talks without an end. */
static void test_control_bad_clients(void)
{
	g_autofree char *flood = g_strnfill(1000, 'x');
	struct desk d;
	char c;
	int fd;

	desk_open(&d);
	for (int i = 0; i < 20; i++) {
		close(knock(&d, ""));
		close(knock(&d, "stat"));
		close(knock(&d, "status\n"));
	}
	fd = knock(&d, flood);
	g_assert_cmpint(read(fd, &c, 1), <=, 0);	/* hung up on, without an answer */
	close(fd);
	assert_answers(&d, "status");
	desk_close(&d);
}

static void test_control_hanging_client(void)
{
	struct desk d;
	int fd;

	desk_open(&d);
	fd = knock(&d, "sta");
	assert_answers(&d, "status");
	close(fd);
	desk_close(&d);
}

static void test_control_left_over(void)
{
	struct desk d;
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	g_autoptr(GError) err = NULL;
	int fd;

	desk_open(&d);
	g_assert_null(control_start(d.path, answer, &d, &err));		/* somebody listens */
	g_assert_error(err, ERR_DOMAIN, ERR_CONF);
	assert_answers(&d, "status");
	control_stop(d.control);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	g_strlcpy(a.sun_path, d.path, sizeof(a.sun_path));
	g_assert_cmpint(bind(fd, (struct sockaddr *)&a, sizeof(a)), ==, 0);
	close(fd);							/* as after a kill -9 */
	d.control = control_start(d.path, answer, &d, NULL);
	g_assert_nonnull(d.control);
	assert_answers(&d, "status");
	desk_close(&d);
}

static void test_control_nobody(void)
{
	g_autofree char *longest = g_strnfill(200, 'x');
	g_autoptr(GError) err = NULL, long_err = NULL;

	g_assert_null(control_ask("/nonexistent/milter.ctl", "status", &err));
	g_assert_error(err, ERR_DOMAIN, ERR_NET);
	g_assert_null(control_start(longest, answer, NULL, &long_err));
	g_assert_error(long_err, ERR_DOMAIN, ERR_CONF);
}

/* ---- the mails of a file ---- */

struct split_row {
	const char *name, *file, *mails;	/* mails: joined by "|" */
	guint max;
};

static const struct split_row split_rows[] = {
	{ "one", "Subject: a\n\nFrom here\n", "Subject: a\n\nFrom here\n", 9 },
	{ "empty", "", "", 9 },
	{ "mbox", "From a\nx\n\nFrom b\ny\n", "x\n\n|y\n", 9 },
	{ "crlf", "From a\r\nx\r\n\r\nFrom b\r\ny\r\n", "x\r\n\r\n|y\r\n", 9 },
	{ "quoted", "From a\nx\n\n>From me\n>>From you\n", "x\n\nFrom me\n>From you\n", 9 },
	{ "in-a-paragraph", "From a\nx\nFrom me\n", "x\nFrom me\n", 9 },
	{ "at-most", "From a\nx\n\nFrom b\ny\n\nFrom c\nz\n", "x\n\n|y\n\n", 2 },
	{ "nothing", "From a\n", "", 9 },
	{ "no-line-end", "From a\nx", "x", 9 },
};

static void test_split(gconstpointer data)
{
	const struct split_row *row = data;
	g_autoptr(GPtrArray) mails = mailfile_split(row->file, strlen(row->file), row->max);
	g_autoptr(GString) joined = g_string_new(NULL);

	g_assert_cmpuint(mails->len, >, 0);
	for (guint i = 0; i < mails->len; i++) {
		gsize size;
		const char *mail = g_bytes_get_data(mails->pdata[i], &size);

		g_string_append(joined, i ? "|" : "");
		g_string_append_len(joined, mail ? mail : "", (gssize)size);
	}
	g_assert_cmpstr(joined->str, ==, row->mails);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(print_rows); i++) {
		g_autofree char *path = g_strdup_printf("/ctl/printer/%s", print_rows[i].name);

		g_test_add_data_func(path, &print_rows[i], test_printer);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(split_rows); i++) {
		g_autofree char *path = g_strconcat("/ctl/mailfile/", split_rows[i].name, NULL);

		g_test_add_data_func(path, &split_rows[i], test_split);
	}
	g_test_add_func("/ctl/control/asks", test_control);
	g_test_add_func("/ctl/control/bad-clients", test_control_bad_clients);
	g_test_add_func("/ctl/control/hanging-client", test_control_hanging_client);
	g_test_add_func("/ctl/control/left-over", test_control_left_over);
	g_test_add_func("/ctl/control/nobody", test_control_nobody);
	return g_test_run();
}
