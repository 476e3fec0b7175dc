/* slowsync - LD_PRELOAD: fsync(2) and fdatasync(2) take SLOWSYNC_MS milliseconds more, as on an ordinary disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int slowly(const char *name, int fd)
{
	const char *ms = getenv("SLOWSYNC_MS");
	union { void *p; int (*f)(int); } real = { dlsym(RTLD_NEXT, name) };
	int r = real.f(fd);

	usleep((useconds_t)(ms ? atoi(ms) : 0) * 1000);
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
