/* effects.h - what clients have really done to the service: one line an effect, with the
 * number of the request in the ledger and the object as it is then. A call that changed
 * nothing leaves none. Bounded: the oldest lines go. */
#ifndef REST_EFFECTS_H
#define REST_EFFECTS_H
#include "text.h"

#include <stdint.h>

enum { EFFECTS_LINES = 20000 };

struct effect {
        const char *what;               /* "user created"; lasts */
        uint64_t number, request;
        int64_t at_us;                  /* monotonic */
        char *object;                   /* JSON */
};

struct effects {
        struct effect *lines;           /* a ring */
        uint64_t count, from;           /* ever noted; lines up to 'from' were cleared */
};

/* 'request': the number of the last line of the ledger; 'object' is JSON and copied. */
void effects_note(struct effects *s, uint64_t request, const char *what, const char *object);
void effects_clear(struct effects *s);
void effects_close(struct effects *s);
/* {"count":N,"counts":{"user created":2},"lines":[{"number","request","effect","object"}]} */
void effects_json(const struct effects *s, uint64_t after, uint64_t limit, struct text *t);
/* {"user created":{"count":5000,"ms":3105.270}}: real time from the first to the last of each. */
void effects_pace(const struct effects *s, struct text *t);
#endif
