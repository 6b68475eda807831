/* clock.h - the emulator's own time: the real one, moved by what the control
 * door asked for. It never goes back. */
#ifndef REST_CLOCK_H
#define REST_CLOCK_H
#include <stdbool.h>
#include <stdint.h>

struct clock {
        int64_t moved;                  /* seconds that it is ahead of the real time */
};

int64_t clock_now(const struct clock *c);               /* seconds since 1970 */
void clock_set(struct clock *c, int64_t now);
int64_t clock_monotonic_ms(void);                       /* real */
int64_t clock_monotonic_us(void);                       /* the same, for delays */
/* "90", "15m", "7d", "2h", "30s" to seconds; false if it is none of these. */
bool clock_span(const char *text, int64_t *ret);
/* "2026-01-15T09:30:00Z" or seconds since 1970. */
bool clock_moment(const char *text, int64_t *ret);
/* The form that HTTP headers use; 'to' has room for 32 bytes. */
void clock_http(int64_t seconds, char to[32]);
#endif
