/* zone.h - a time zone as the offsets that it has from UTC over the years around a moment.
 *
 * The C library knows one zone at a time, for the whole process; so each is read out of it
 * once, before there are threads, and asked from then on. */
#ifndef MSTC_ENGINE_ZONE_H
#define MSTC_ENGINE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

struct mst_error;
struct mstc_zone;

/* Is there one of that name on this machine? */
bool mstc_zone_known(const char *name);
/* Of that name ("Europe/Berlin"), NULL: the system's own.  From two days before 'around' (Unix ms)
 * to MSTC_ZONE_YEARS after.  Changes TZ for a moment: call it while the process has one thread.
 * NULL with 'err': no such zone. */
#define MSTC_ZONE_YEARS 6
struct mstc_zone *mstc_zone_load(const char *name, int64_t around, struct mst_error *err);
void mstc_zone_free(struct mstc_zone *zone);

/* Milliseconds that the zone is ahead of UTC then. */
int64_t mstc_zone_offset(const struct mstc_zone *zone, int64_t at);
/* The moment of a local time (ms since 1970 as clocks there show them): the first of two; one
 * that the clocks leap over becomes the moment of the leap. */
int64_t mstc_zone_moment(const struct mstc_zone *zone, int64_t local);

#endif
