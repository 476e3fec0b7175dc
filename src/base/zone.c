#include "zone.h"

#define ZONES_MAX 1000
#define DAY_S (24 * 60 * 60)
#define EPOCH_DAY 719163	/* 1970-01-01 as GDate counts days, 0001-01-01 being 1 */

static GMutex lock;
static GHashTable *zones;

static GTimeZone *zone_read(const char *name)
{
	GTimeZone *tz = g_time_zone_new_identifier(name);

	if (tz && g_hash_table_size(zones) < ZONES_MAX)
		g_hash_table_insert(zones, g_strdup(name), g_time_zone_ref(tz));
	return tz;
}

GTimeZone *zone_get(const char *name)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);
	GTimeZone *tz;

	(void)locker;
	if (!name)
		return NULL;
	if (!zones)
		zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_time_zone_unref);
	tz = g_hash_table_lookup(zones, name);
	return tz ? g_time_zone_ref(tz) : zone_read(name);
}

int64_t zone_wall(GTimeZone *tz, int64_t at)
{
	return at + g_time_zone_get_offset(tz, g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, at));
}

int64_t zone_instant(GTimeZone *tz, int64_t wall)
{
	gint64 shown = wall;
	int interval = g_time_zone_adjust_time(tz, G_TIME_TYPE_DAYLIGHT, &shown);

	return shown - g_time_zone_get_offset(tz, interval);
}

guint32 zone_wall_day(int64_t wall)
{
	int64_t days = wall / DAY_S - (wall % DAY_S < 0);

	return (guint32)CLAMP(days + EPOCH_DAY, 2, 3000000);	/* years 1 to 8,000 */
}

int64_t zone_day_wall(guint32 day)
{
	return ((int64_t)day - EPOCH_DAY) * DAY_S;
}
