#include "clock.h"

#include <time.h>

static int64_t fake = -1, fake_mono = -1;

int64_t clock_now(void)
{
	struct timespec t;

	if (fake >= 0)
		return fake;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

int64_t clock_mono_ms(void)
{
	struct timespec t;

	if (fake_mono >= 0)
		return fake_mono;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void clock_fake(int64_t at)
{
	fake = at;
}

void clock_fake_mono(int64_t at_ms)
{
	fake_mono = at_ms;
}
