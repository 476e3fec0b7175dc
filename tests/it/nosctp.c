/* LD_PRELOAD for osmo-msc, which wants SCTP for its telephone network even where there is none, as in most containers: it
 * gets TCP instead. Its SMPP is over TCP anyway. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

int socket(int domain, int type, int protocol)
{
	union { void *p; int (*f)(int, int, int); } real = { dlsym(RTLD_NEXT, "socket") };

	if (protocol != IPPROTO_SCTP)
		return real.f(domain, type, protocol);
	return real.f(domain, SOCK_STREAM | (type & (SOCK_NONBLOCK | SOCK_CLOEXEC)), 0);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	union { void *p; int (*f)(int, int, int, const void *, socklen_t); } real = { dlsym(RTLD_NEXT, "setsockopt") };

	return level == IPPROTO_SCTP ? 0 : real.f(fd, level, name, value, size);
}
