/* slowsync - LD_PRELOAD: fsync(2) and fdatasync(2) take SLOWSYNC_MS milliseconds more, as on an ordinary disk; and write into
 * the file SLOWSYNC_LOG when each was done (CLOCK_MONOTONIC, seconds). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void note(const char *file)
{
	struct timespec t;
	int fd = open(file, O_WRONLY | O_CREAT | O_APPEND, 0644);

	clock_gettime(CLOCK_MONOTONIC, &t);
	dprintf(fd, "%lld.%09ld\n", (long long)t.tv_sec, t.tv_nsec);
	close(fd);
}

static int slowly(const char *name, int fd)
{
	const char *ms = getenv("SLOWSYNC_MS");
	union { void *p; int (*f)(int); } real = { dlsym(RTLD_NEXT, name) };
	int r = real.f(fd);

	usleep((useconds_t)(ms ? atoi(ms) : 0) * 1000);
	if (getenv("SLOWSYNC_LOG"))
		note(getenv("SLOWSYNC_LOG"));
	return r;
}

int fsync(int fd)
{
	return slowly("fsync", fd);
}

int fdatasync(int fd)
{
	return slowly("fdatasync", fd);
}
