#include "zone.h"

#define ZONES_MAX 1000

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
