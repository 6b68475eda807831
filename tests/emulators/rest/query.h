/* query.h - the address of a request, taken apart without the web server's
 * help: a '+' in a token must stay a '+', while in $filter it is a space. */
#ifndef REST_QUERY_H
#define REST_QUERY_H
#include "text.h"

enum { QUERY_OPTIONS = 24, QUERY_SEGMENTS = 12 };

struct query_option {
        char *name;             /* decoded */
        char *value;            /* decoded, '+' is a space */
        char *exact;            /* decoded, '+' is a '+' */
};

struct query {
        char *path;                             /* raw, without what follows '?' */
        char *segments[QUERY_SEGMENTS];         /* decoded; an empty last one is dropped */
        int segment_count;
        struct query_option options[QUERY_OPTIONS];
        int option_count;
};

/* False when there is more of anything than the arrays hold, or a '%' that is
 * no escape. 'q' must be freed in any case. */
bool query_read(struct query *q, const char *url);
void query_free(struct query *q);
/* Names are compared without regard to case; NULL if it is not there. */
const struct query_option *query_option(const struct query *q, const char *name);
const char *query_value(const struct query *q, const char *name);
#endif
