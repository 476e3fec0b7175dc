/* The callers' directory: who calls, whose account it is, which groups. */
#include "roster.h"

static const char *const vip[] = { " VIP ", "press", "", NULL };

static struct directory *some(const struct person *owner)
{
	struct directory *d = directory_new();
	const struct contact jane = { .number = "+447700900101", .name = "Jane Doe", .owner = owner, .groups = vip };
	const struct contact acme = { .number = "+442079460101", .name = "Acme" };

	g_assert_true(directory_add(d, &jane));
	g_assert_true(directory_add(d, &acme));
	return d;
}

static void test_find(void)
{
	const struct person anna = { .id = (char *)"anna" };
	struct directory *d = some(&anna);
	const struct contact *c = directory_find(d, "+447700900101");

	g_assert_nonnull(c);
	g_assert_cmpstr(c->name, ==, "Jane Doe");
	g_assert_true(c->owner == &anna);
	g_assert_null(directory_find(d, "+447700900102"));
	g_assert_null(directory_find(d, NULL));
	c = directory_find(d, "+442079460101");
	g_assert_null(c->owner);
	g_assert_null(c->groups[0]);
	g_assert_cmpuint(directory_size(d), ==, 2);
	g_assert_cmpstr(directory_at(d, 1)->name, ==, "Acme");
	directory_free(d);
	directory_free(NULL);
}

static void test_groups(void)
{
	struct directory *d = some(NULL);
	const struct contact *jane = directory_find(d, "+447700900101");

	g_assert_true(contact_in_group(jane, "vip"));
	g_assert_true(contact_in_group(jane, "VIP "));
	g_assert_true(contact_in_group(jane, "Press"));
	g_assert_false(contact_in_group(jane, ""));
	g_assert_false(contact_in_group(jane, "vi"));
	g_assert_false(contact_in_group(directory_find(d, "+442079460101"), "vip"));
	g_assert_false(contact_in_group(NULL, "vip"));
	g_assert_true(directory_has_group(d, "PRESS"));
	g_assert_false(directory_has_group(d, "staff"));
	directory_free(d);
}

static void test_first_stays(void)
{
	struct directory *d = some(NULL);
	const struct contact again = { .number = "+447700900101", .name = "Somebody else" };

	g_assert_false(directory_add(d, &again));
	g_assert_cmpstr(directory_find(d, "+447700900101")->name, ==, "Jane Doe");
	g_assert_cmpuint(directory_size(d), ==, 2);
	directory_free(d);
}

/* What is added is copied; and a roster has a directory from the start. */
static void test_copies(void)
{
	struct roster *r = roster_new();
	char number[] = "+447700900103", name[] = "Kim", group[] = "staff";
	const char *const groups[] = { group, NULL };
	const struct contact kim = { .number = number, .name = name, .groups = groups };

	g_assert_cmpuint(directory_size(r->directory), ==, 0);
	g_assert_true(directory_add(r->directory, &kim));
	number[1] = name[0] = group[0] = 'x';
	g_assert_cmpstr(directory_find(r->directory, "+447700900103")->name, ==, "Kim");
	g_assert_true(contact_in_group(directory_at(r->directory, 0), "staff"));
	roster_free(r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/directory/find", test_find);
	g_test_add_func("/directory/groups", test_groups);
	g_test_add_func("/directory/first-stays", test_first_stays);
	g_test_add_func("/directory/copies", test_copies);
	return g_test_run();
}
