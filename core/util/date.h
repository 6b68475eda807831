/* date.h - instants (<muster/value.h>), durations, and their text. */
#ifndef MSTC_DATE_H
#define MSTC_DATE_H

#include <muster/error.h>
#include <muster/value.h>

/* Wall clock as MST_DATE; monotonic milliseconds. */
MST_API int64_t mstc_clock_now(void);
MST_API int64_t mstc_clock_ticks_ms(void);

/* Proleptic Gregorian; months 1-12.  False outside years 1 to 9999. */
struct mstc_civil {
        int year, month, day, hour, minute, second;
        int fraction;            /* 100 ns steps */
};
/* An instant out of range is split as the nearest one within. */
#define MSTC_DATE_LAST INT64_C(3155378975999999999)   /* 9999-12-31T23:59:59.9999999Z */
MST_API void mstc_date_split(int64_t date, struct mstc_civil *ret);
MST_API bool mstc_date_join(const struct mstc_civil *civil, int64_t *ret);

/* ISO 8601 as Graph writes it and as rules accept it: yyyy-MM-dd, or with
 * THH:mm[:ss[.f{1,7}]] (or one blank for T), each followed by Z, +hh:mm, +hhmm (or -)
 * or nothing (UTC).  False for anything else. */
MST_API bool mstc_date_parse_iso(const char *text, size_t length, int64_t *ret);
/* yyyy-MM-ddTHH:mm:ss[.fffffff]Z, fraction only when there is one.  room >= 29. */
MST_API void mstc_date_format_iso(int64_t date, char *into, size_t room);

/* "90", "250ms", "10s", "5m", "2h", "30d", "1w" to milliseconds; a bare number is
 * seconds.  The error says what is wrong and what is accepted. */
MST_API int mstc_duration_parse(const char *text, int64_t *ret_ms, struct mst_error *err);
/* The shortest exact form ("15m"), and a form for people ("2 h 5 min", "3.2 s"). */
MST_API void mstc_duration_format(int64_t ms, char *into, size_t room);
MST_API void mstc_duration_say(int64_t ms, char *into, size_t room);

/* "4096", "16k", "4M", "1G" to bytes. */
MST_API int mstc_size_parse(const char *text, int64_t *ret, struct mst_error *err);

#endif
