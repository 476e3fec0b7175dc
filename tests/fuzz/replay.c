/* A main for fuzz targets where there is no libFuzzer: runs the target on each file named, and on each file of the
 * folders named, in the order of their names. */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static int replay_file(const char *path)
{
	g_autofree char *data = NULL;
	g_autofree uint8_t *exact = NULL;
	g_autoptr(GError) err = NULL;
	gsize size;

	if (!g_file_get_contents(path, &data, &size, &err)) {
		fprintf(stderr, "%s\n", err->message);
		exit(EXIT_FAILURE);
	}
	printf("%s\n", path);
	fflush(stdout);		/* the last line names the file that crashed it */
	exact = g_memdup2(data, size);	/* without GLib's NUL behind it, so that sanitizers see every overrun */
	LLVMFuzzerTestOneInput(exact, size);
	return 1;
}

static int compare(gconstpointer a, gconstpointer b)
{
	return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

static int replay_folder(const char *path)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;
	int count = 0;

	while (dir && (name = g_dir_read_name(dir)) != NULL)
		g_ptr_array_add(names, g_build_filename(path, name, NULL));
	g_ptr_array_sort(names, compare);
	for (guint i = 0; i < names->len; i++)
		count += replay_file(names->pdata[i]);
	return count;
}

int main(int argc, char **argv)
{
	int count = 0;

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		count += g_file_test(argv[i], G_FILE_TEST_IS_DIR) ? replay_folder(argv[i]) : replay_file(argv[i]);
	printf("%d inputs\n", count);
	return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
