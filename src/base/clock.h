/* clock.h - the only place that asks the time. Domain times are Unix seconds, UTC, in int64_t. */
#ifndef RINGBACK_CLOCK_H
#define RINGBACK_CLOCK_H

#include <stdint.h>

int64_t clock_now(void);		/* seconds since 1970-01-01T00:00:00Z */
int64_t clock_mono_ms(void);		/* milliseconds that never go back; for time-outs only */

/* Tests and `ringback replay`: from now on clock_now() gives `at` (and does not move by itself);
 * a negative value gives the real time again. Not for use while threads run. */
void clock_fake(int64_t at);
void clock_fake_mono(int64_t at_ms);	/* likewise clock_mono_ms(); tests only */

#endif
