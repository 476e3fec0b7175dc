/* People, lines and callers by the row: CSV files that a configuration names. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "conf.h"
#include "conf_csv.h"
#include "conf_files.h"

/* ---- rows ---- */

static bool keep_row(void *user, const struct csv_row *r)
{
	g_string_append_printf(user, "%d:", r->line);
	for (guint i = 0; i < r->n && i < CSV_CELLS_MAX; i++)
		g_string_append_printf(user, "%s[%s]", i ? "" : " ", strlen(r->cells[i]) > 20 ? "long" : r->cells[i]);
	g_string_append(user, r->n > CSV_CELLS_MAX ? " and more\n" : "\n");
	return strcmp(r->cells[0], "stop") != 0;
}

static void keep_wrong(void *user, int line, const char *what)
{
	g_string_append_printf(user, "%d! %s\n", line, what);
}

static const struct { const char *name, *text, *rows; } csv_rows[] = {
	{ "plain", "a,b\n1,2\n", "1: [a][b]\n2: [1][2]\n" },
	{ "blanks", " a , b b \n", "1: [a][b b]\n" },
	{ "no-line-end", "a,b\n1,2", "1: [a][b]\n2: [1][2]\n" },
	{ "cr-lf", "a,b\r\n1,\"2\"\r\n\r\n3,4\r\n", "1: [a][b]\n2: [1][2]\n4: [3][4]\n" },
	{ "quotes", "\"a,b\",\"say \"\"hi\"\"\"\n", "1: [a,b][say \"hi\"]\n" },
	{ "empty-cells", "a,,\n,\"\",\n,,c\n", "1: [a][][]\n3: [][][c]\n" },
	{ "empty-rows", "\n \n\na,b\n,\n\n1,2\n", "4: [a][b]\n7: [1][2]\n" },
	{ "semicolons", "a;b,c\n1,5;2\n", "1: [a][b,c]\n2: [1,5][2]\n" },
	{ "tabs", "\na\tb,c\n1 \t 2\n\t3\n", "2: [a][b,c]\n3: [1][2]\n4: [][3]\n" },
	{ "one-column", "a\n1\n", "1: [a]\n2: [1]\n" },
	{ "utf-8", "Zoë,日本\n", "1: [Zoë][日本]\n" },
	{ "open-quote", "a,\"b\n1,2\n3,4\n", "1! a cell that does not end in its line; write \" after it\n2: [1][2]\n3: [3][4]\n" },
	{ "open-quote-alone", "\"\n1,2\n", "1! a cell that does not end in its line; write \" after it\n2: [1][2]\n" },
	{ "open-quote-last", "1,2\n3,\"4", "1: [1][2]\n2! a cell that does not end in its line; write \" after it\n" },
	{ "quote-within", "a,b\"c\n1,2\n", "1! a quote within a cell; write it twice, and \" around the cell\n2: [1][2]\n" },
	{ "after-quote", "a,\"b\"c\n1,2\n", "1! a quote within a cell; write it twice, and \" around the cell\n2: [1][2]\n" },
	{ "semicolons-after-wrong", "a;b\n1;\"\n2;3\n", "1: [a][b]\n2! a cell that does not end in its line; write \" after it\n3: [2][3]\n" },
	{ "stop", "a\nstop\nb\n", "1: [a]\n2: [stop]\n" },
	{ "nothing", "", "" },
	{ "blank-lines", "\n\n  \n", "" },
};

static void read_csv(const char *text, const char *want)
{
	g_autoptr(GString) said = g_string_new(NULL);
	const struct csv_reader reader = { keep_row, keep_wrong, said };

	csv_read(text, strlen(text), &reader);
	g_assert_cmpstr(said->str, ==, want);
}

static void test_csv(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(csv_rows); i++) {
		g_test_message("%s", csv_rows[i].name);
		read_csv(csv_rows[i].text, csv_rows[i].rows);
	}
}

static void test_csv_limits(void)
{
	g_autofree char *cell = g_strnfill(CSV_CELL_MAX, 'x'), *line = g_strnfill(CSV_CELL_MAX * CSV_CELLS_MAX + 1, 'x');
	g_autofree char *fits = g_strdup_printf("a,%s\n", cell), *long_cell = g_strdup_printf("a,%sx\nb\n", cell);
	g_autofree char *long_line = g_strdup_printf("a\n%s\nb\n", line);
	g_autoptr(GString) wide = g_string_new("0"), want = g_string_new("1: [0]");

	for (int i = 1; i <= CSV_CELLS_MAX; i++) {
		g_string_append_printf(wide, ",%d", i);
		if (i < CSV_CELLS_MAX)
			g_string_append_printf(want, "[%d]", i);
	}
	g_string_append(want, " and more\n");
	read_csv(fits, "1: [a][long]\n");
	read_csv(long_cell, "1! a cell of more than 4096 octets; shorten it\n2: [b]\n");
	read_csv(long_line, "1: [a]\n2! a line of more than 256 KiB; what splits the cells?\n3: [b]\n");
	read_csv(wide->str, want->str);
}

/* ---- files ---- */

static const char people_csv[] =
	"person,name,mail,mobile,groups,substitute,# note\n"
	"anna,Anna Smith,anna@example.com,+44 7700 900123,Sales; vip,bob,since 2019\n"
	"bob,,bob@example.com,,\n";
static const char lines_csv[] =
	"line;owner;number;extensions;hours;Callback within;closed\n"
	"clinic;anna;+442079460100;\"201;202\";\"Mo-Fr 08:30-17:30; Sa off\";30m;night\n"
	"sales;bob;+442079460101;203;;;\n";
static const char callers_csv[] =
	"\xef\xbb\xbfnumber,name,owner,groups\r\n+44 20 7946 0123,Acme,bob,VIP;press\r\n020 7946 0124,Bolt,,\r\n";
static const char main_text[] = TOP "region = GB default_line = sales policy night { step { tell = anna } }\n";

struct files {
	char *main, *people, *lines, *callers;
};

static void files_clear(struct files *f)
{
	char *all[] = { f->main, f->people, f->lines, f->callers };

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
		if (all[i])
			g_unlink(all[i]);
		g_free(all[i]);
	}
}

static void name_file(GString *text, const char *key, const char *file)
{
	if (file)
		g_string_append_printf(text, "%s = \"%s\" ", key, file);
}

/* NULL: the file is not named. */
static struct files write_files(const char *text, const char *people, const char *lines, const char *callers)
{
	g_autoptr(GString) all = g_string_new(NULL);
	struct files f = { 0 };

	f.people = people ? write_file("people.csv", people, 0600) : NULL;
	f.lines = lines ? write_file("lines.csv", lines, 0600) : NULL;
	f.callers = callers ? write_file("callers.csv", callers, 0600) : NULL;
	name_file(all, "people_file", f.people);
	name_file(all, "lines_file", f.lines);
	name_file(all, "callers_file", f.callers);
	g_string_append(all, text);
	f.main = write_file("bulk.conf", all->str, 0600);
	return f;
}

static void check_roster(const struct roster *r)
{
	const struct person *anna = roster_person(r, "anna"), *bob = roster_person(r, "bob");
	const struct line *clinic = roster_line_by_id(r, "clinic");
	const struct contact *acme = directory_find(r->directory, "+442079460123");

	g_assert_cmpstr(anna->name, ==, "Anna Smith");
	g_assert_cmpstr(anna->phone, ==, "+447700900123");
	g_assert_cmpstr(anna->groups[0], ==, "sales");
	g_assert_cmpstr(anna->groups[1], ==, "vip");
	g_assert_true(anna->substitute == bob);
	g_assert_cmpint(anna->place.line, ==, 2);
	g_assert_true(g_str_has_suffix(anna->place.file, "people.csv"));
	g_assert_cmpstr(bob->name, ==, "bob");
	g_assert_null(bob->phone);
	g_assert_true(clinic->owner == anna);
	g_assert_cmpint(clinic->callback_within_s, ==, 1800);
	g_assert_true(clinic->closed == r->policies->pdata[0]);
	g_assert_cmpint(roster_line_by_id(r, "sales")->callback_within_s, ==, 3600);
	g_assert_true(r->default_line == roster_line_by_id(r, "sales"));
	g_assert_true(acme->owner == bob && contact_in_group(acme, "vip"));
	g_assert_cmpint(acme->place.line, ==, 2);
	g_assert_cmpstr(directory_find(r->directory, "+442079460124")->name, ==, "Bolt");
}

static void test_files(void)
{
	struct files f = write_files(main_text, people_csv, lines_csv, callers_csv);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(f.main, &err);
	AUTO_ARENA a = arena_new();
	const struct call call = { .called = "202" }, number = { .called = "+442079460101" };
	const char *why;

	g_assert_no_error(err);
	check_roster(c->roster);
	g_assert_cmpstr(roster_line(c->roster, &call, NULL, a, &why)->id, ==, "clinic");
	g_assert_cmpstr(roster_line(c->roster, &number, NULL, a, &why)->id, ==, "sales");
	conf_unref(c);
	files_clear(&f);
}

/* Rows and sections may be mixed; sections of callers too. */
static void test_mixed(void)
{
	struct files f = write_files(GOOD "default_line = main\nline b { owner = zoe }\ncaller \"+442079460123\" { name = Acme groups = { VIP } owner = "
				     "zoe }", "person,mail,away\nzoe,zoe@example.com,2026-12-24;2026-12-27..2026-12-31\n", NULL, NULL);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(f.main, &err);
	const struct person *zoe;

	g_assert_no_error(err);
	zoe = roster_person(c->roster, "zoe");
	g_assert_cmpuint(zoe->n_away, ==, 2);
	g_assert_true(directory_find(c->roster->directory, "+442079460123")->owner == zoe);
	g_assert_true(contact_in_group(directory_at(c->roster->directory, 0), "vip"));
	conf_unref(c);
	files_clear(&f);
}

static void test_group_of_rotation(void)
{
	struct files f = write_files(TOP "line main { owner = bob } schedule s { rotation { members = { \"group:SALES\", bob } start = "
				     "\"2026-01-05\" } }", "person,mail,groups\nanna,anna@example.com,sales\nbob,bob@example.com,\nzoe,z@example.com,Sales\n",
				     NULL, NULL);
	g_autoptr(GError) err = NULL;
	struct conf *c = conf_load(f.main, &err);
	const struct schedule *s;
	const struct rotation *r;

	g_assert_no_error(err);
	s = roster_schedule(c->roster, "s");
	r = &g_array_index(s->rotations, struct rotation, 0);
	g_assert_cmpuint(r->n_members, ==, 3);
	g_assert_cmpstr(r->members[0]->id, ==, "anna");
	g_assert_cmpstr(r->members[1]->id, ==, "zoe");
	g_assert_cmpstr(r->members[2]->id, ==, "bob");
	conf_unref(c);
	files_clear(&f);
}

/* Hours that many lines have are one object; those of another zone or text are not. */
static void test_shared_hours(void)
{
	struct files f = write_files(GOOD "default_line = main\n", NULL,
				     "line,owner,hours,timezone\na,anna,,\nb,anna,Mo-Fr 08:00-12:00,\nc,bob,Mo-Fr 08:00-12:00,\n"
				     "d,bob,Mo-Fr 08:00-12:00,Europe/Berlin\n", NULL);
	struct conf *c = conf_load(f.main, NULL);
	const struct roster *r = c->roster;

	g_assert_true(roster_line_by_id(r, "a")->hours == roster_line_by_id(r, "main")->hours);
	g_assert_true(roster_line_by_id(r, "b")->hours == roster_line_by_id(r, "c")->hours);
	g_assert_true(roster_line_by_id(r, "b")->hours != roster_line_by_id(r, "d")->hours);
	g_assert_true(roster_line_by_id(r, "b")->hours != roster_line_by_id(r, "a")->hours);
	conf_unref(c);
	files_clear(&f);
}

/* What is read again without a reload is what was read then, not what somebody is writing. */
static void test_again(void)
{
	struct files f = write_files(main_text, people_csv, lines_csv, callers_csv);
	struct conf *c = conf_load(f.main, NULL), *again;
	g_autoptr(GError) err = NULL;

	g_assert_true(g_file_set_contents(f.people, "person,mai\n", -1, NULL));
	again = conf_load_again(c, &err);
	g_assert_no_error(err);
	conf_unref(c);
	check_roster(again->roster);
	g_assert_null(conf_load_after(f.main, again, &err));
	g_assert_nonnull(strstr(err->message, "people.csv:1: there is no column \"mai\"; did you mean mail?"));
	conf_unref(again);
	files_clear(&f);
}

/* ---- wrong files ---- */

#define P "person,mail\nanna,anna@example.com\n"
#define L "line,owner\nmain,anna\n"

static const struct wrong_row {
	const char *name, *text, *people, *lines, *callers;
	const char *wants[4];	/* in the message */
	guint lines_said;
} wrong_rows[] = {
	{ "unknown-column", TOP, "person,mail,nmae,colour\nanna,a@example.com,Anna,red\n", NULL, NULL,
	  { "bulk.conf: there is no line", "people.csv:1: there is no column \"nmae\"; did you mean name?",
	    "people.csv:1: there is no column \"colour\"; leave it out" }, 3 },
	{ "no-title", TOP, "name,mail\nAnna,a@example.com\n", L, NULL, { ": owner = anna: there is no person",
	  "people.csv:1: no column is called person; name the columns in the first row" }, 2 },
	{ "no-header", TOP PEOPLE LINE, NULL, NULL, "+442079460123,Acme\n", { "callers.csv:1: there is no column \"+442079460123\"",
	  "callers.csv:1: there is no column \"Acme\"", "callers.csv:1: no column is called number" }, 3 },
	{ "column-twice", TOP, "person,mail,mail\nanna,a@example.com,b@example.com\n", NULL, NULL, { "people.csv:1: the column mail is "
	  "there twice" }, 2 },
	{ "alias-twice", TOP, "person,mail,phone,mobile\n", NULL, NULL, { "people.csv:1: the column mobile is there twice" }, 2 },
	{ "empty-file", TOP PEOPLE LINE, NULL, NULL, "\n", { "callers.csv:1: is empty; the first row names the columns" }, 1 },
	{ "values", TOP, "person,mail,phone\n\nanna,anna@,\nbob,b@example.com,07700 900123\n", "line,owner,hours\nmain,bob,Mo-Fr 9 to 5\n",
	  NULL, { "people.csv:3: mail = \"anna@\" is no mail address; write one like", "people.csv:4: phone = \"07700 900123\" is no E.164 "
	  "number; write it with +", "lines.csv:2: hours: opening hours \"Mo-Fr 9 to 5\"" }, 3 },
	{ "no-owner", TOP, P, "line,owner\nmain,\n", NULL, { "lines.csv:2: line main: owner is missing" }, 1 },
	{ "no-owner-column", TOP, P, "line,name\nmain,Main\n", NULL, { "lines.csv:2: line main: owner is missing" }, 1 },
	{ "unknown-person", TOP, P, "line,owner\nmain,ana\n", NULL, { "lines.csv:2: owner = ana: there is no person ana; did you mean anna?" }, 1 },
	{ "bad-title", TOP, P "a b,b@example.com\n,c@example.com\n", L, NULL, { "people.csv:3: person \"a b\" is no name", "people.csv:4: "
	  "person \"\" is no name" }, 2 },
	{ "twice", TOP, P "anna,b@example.com\n", L, NULL, { "people.csv:3: person anna is there twice, first at line 2" }, 1 },
	{ "twice-in-two-files", TOP "\nperson anna { mail = a@example.com }", P, L, NULL, { "people.csv:2: person anna is there twice, first "
	  "at ", "bulk.conf:2; give each" }, 1 },
	{ "number-twice", TOP "default_line = main", P, "line,owner,numbers\nmain,anna,+442079460100\nb,anna,+442079460101; +44 20 7946 0100\n",
	  NULL, { "lines.csv:3: numbers: \"+442079460100\" belongs to line main at line 2 already" }, 1 },
	{ "phone-twice", TOP, "person,mail,phone\nanna,a@example.com,+447700900123\nbob,b@example.com,+447700900123\n", L, NULL,
	  { "people.csv:3: phone +447700900123 is that of person anna at line 2 too" }, 1 },
	{ "caller", TOP, P, L, "number,owner\nAcme,anna\n+442079460123,bo\n+44 2079 460123,\n", { "callers.csv:2: caller \"Acme\" is no number",
	  "callers.csv:3: owner = bo: there is no person", "callers.csv:4: caller +442079460123 is there twice, first as caller +442079460123 at "
	  "line 3" }, 3 },
	{ "cells", TOP, P "bob,b@example.com,Bob\nzoe,\"z\n", L, NULL, { "people.csv:3: 3 cells, but 2 columns have a name",
	  "people.csv:4: a cell that does not end in its line" }, 2 },
	{ "not-utf-8", TOP PEOPLE LINE, NULL, NULL, "number,name\n+442079460123,Zo\xeb\n", { "callers.csv:2: is not UTF-8" }, 1 },
	{ "circle", TOP, "person,mail,substitute\nanna,a@example.com,bob\nbob,b@example.com,anna\n", L, NULL,
	  { "people.csv:2: substitute = bob: who stands in for whom goes round", "people.csv:3: " }, 2 },
	{ "away", TOP, "person,mail,away\nanna,a@example.com,2026-02-30\n", L, NULL, { "people.csv:2: away: \"2026-02-30\" is no time" }, 1 },
	{ "group", TOP LINE "\nschedule s { rotation { members = { \"group:sale\" } start = \"2026-01-05\" } }", P, NULL, NULL,
	  { "bulk.conf:2: members = group:sale: nobody is in it" }, 1 },
};

static void test_wrong(const void *data)
{
	const struct wrong_row *row = data;
	struct files f = write_files(row->text, row->people, row->lines, row->callers);
	g_autoptr(GError) err = NULL;
	g_auto(GStrv) said = NULL;

	g_assert_null(conf_load(f.main, &err));
	g_test_message("%s", err->message);
	said = g_strsplit(err->message, "\n", -1);
	for (gsize i = 0; i < G_N_ELEMENTS(row->wants) && row->wants[i]; i++)
		g_assert_nonnull(strstr(err->message, row->wants[i]));
	g_assert_cmpuint(g_strv_length(said), ==, row->lines_said);
	files_clear(&f);
}

static void test_no_file(void)
{
	g_autofree char *file = write_file("bulk.conf", GOOD "lines_file = \"/nonexistent/lines.csv\" people_file = \"/dev/zero\"", 0600);
	g_autoptr(GError) err = NULL;

	g_assert_null(conf_load(file, &err));
	g_assert_nonnull(strstr(err->message, "/nonexistent/lines.csv: cannot be read: "));
	g_assert_nonnull(strstr(err->message, "/dev/zero: is no regular file of at most 64 MiB"));
	g_unlink(file);
}

/* 200,001 rows: one too many; and a hundred thousand wrong ones are told of in no time. */
static void test_many(void)
{
	g_autoptr(GString) text = g_string_new("number,owner\n");
	struct files f;
	g_autoptr(GError) err = NULL;

	for (int i = 0; i < 200001; i++)
		g_string_append_printf(text, "+1202555%06d,%s\n", i, i % 2 ? "anna" : "nobody");
	f = write_files(GOOD, NULL, NULL, text->str);
	g_assert_null(conf_load(f.main, &err));
	g_assert_nonnull(strstr(err->message, "callers.csv:2: owner = nobody: there is no person nobody"));
	g_assert_nonnull(strstr(err->message, "and 99801 more"));
	files_clear(&f);
}

int main(int argc, char **argv)
{
	int rc;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("ringback-bulk-XXXXXX", NULL);
	g_test_add_func("/bulk/csv", test_csv);
	g_test_add_func("/bulk/csv-limits", test_csv_limits);
	g_test_add_func("/bulk/files", test_files);
	g_test_add_func("/bulk/mixed", test_mixed);
	g_test_add_func("/bulk/group-of-rotation", test_group_of_rotation);
	g_test_add_func("/bulk/shared-hours", test_shared_hours);
	g_test_add_func("/bulk/again", test_again);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong_rows); i++) {
		g_autofree char *path = g_strdup_printf("/bulk/wrong/%s", wrong_rows[i].name);

		g_test_add_data_func(path, &wrong_rows[i], test_wrong);
	}
	g_test_add_func("/bulk/no-file", test_no_file);
	g_test_add_func("/bulk/many", test_many);
	rc = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return rc;
}
