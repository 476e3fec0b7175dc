/* Mails, apart by lines "From ", as samples of a new profile: the draft is a profile file that loads, or there
 * is a reason why there is none, whatever stands in the mails. */
#include "config.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf.h"
#include "draft.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static guint take(const uint8_t *data, size_t size, struct draft_sample *samples, struct arena *a)
{
	guint n = 0;
	size_t from = 0;

	for (size_t at = 1; at <= size && n < 3; at++) {
		bool apart = at == size ||
			     (data[at - 1] == '\n' && size - at > 5 && memcmp(data + at, "From ", 5) == 0);

		if (!apart)
			continue;
		samples[n++] = (struct draft_sample){
			.name = "sample\n}'", .letter = reader_read((const char *)data + from, at - from, NULL, a),
		};
		from = at;
	}
	return n;
}

static void check_loads(const char *text)
{
	int fd = memfd_create("draft", MFD_CLOEXEC);
	g_autofree char *file = g_strdup_printf("/proc/self/fd/%d", fd);
	struct profiles *p = profiles_new();
	g_autoptr(GError) err = NULL;

	g_assert_true(fd >= 0 && write(fd, text, strlen(text)) == (gssize)strlen(text));
	profile_file_add(p, file, &err);
	g_assert_no_error(err);
	g_assert_cmpuint(profiles_count(p), ==, 1);
	g_assert_cmpstr(profiles_def(p, 0)->name, ==, "fuzz");
	profiles_free(p);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct draft_options options = { "fuzz", "GB", "Europe/London" };
	AUTO_ARENA a = arena_new();
	struct draft_sample samples[DRAFT_SAMPLES_MAX];
	guint n = take(data, size, samples, a);
	g_autoptr(GError) err = NULL;
	const char *text = n ? draft_profile(samples, n, &options, a, &err) : NULL;

	g_assert_true(n == 0 || (text == NULL) == (err != NULL));
	if (text)
		check_loads(text);
	return 0;
}
