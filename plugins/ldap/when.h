/* when.h - generalized time (RFC 4517, section 3.3.13) and MST_DATE. */
#ifndef LDP_WHEN_H
#define LDP_WHEN_H

#include <muster/value.h>

/* "20240229083000Z", with fraction and offset where given; false: it is none. */
bool ldp_when_parse(const char *text, size_t length, int64_t *ret);

/* Writes it in UTC, with a fraction only where there is one. */
void ldp_when_write(int64_t date, char into[32]);

#endif
